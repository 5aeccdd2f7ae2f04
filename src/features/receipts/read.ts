import { createBatch } from '../../batch.ts'
import { createBounded } from '../../bounded.ts'
import type { ReadMarked } from '../../protocol/rooms.ts'
import { announce, type CommandTable, onChange, perServer, type Scope } from '../../scope.ts'
import { isCrowded } from '../presence/online.ts'
import type { KnownRoom } from '../rooms/known.ts'
import { changeInRoom, withRoomLock } from '../rooms/lock.ts'
import { sendToPerson } from '../rooms/send.ts'
import { type MovedMark, moveReadMarks, putReadMark, type ReadMark, readMarkOf } from './store.ts'

const mostSent = 50_000
/** The last mark sent of each room and person: the database may answer a later read first. */
const lastSent = perServer((tools) => {
  const sent = createBounded<string, number>(mostSent)
  onChange(tools, 'member', ({ room: roomKey, user: userId }) => void sent.delete(keyOf({ roomKey, userId })))
  return sent
})

const mostAtOnce = 200

type Place = { seq: number; unread?: boolean }
const keyOf = ({ roomKey, userId }: Pick<ReadMark, 'roomKey' | 'userId'>): string => `${roomKey} ${userId}`

/**
 * The marks of many people move in one statement. It has each mark once, the furthest, and in one order, so that two of them do
 * not wait for each other.
 */
const moving = perServer(({ sql }) =>
  createBatch<ReadMark, MovedMark | undefined>(mostAtOnce, async (marks) => {
    const furthest = new Map<string, ReadMark>()
    for (const mark of marks) {
      const other = furthest.get(keyOf(mark))
      if (!other || other.seq < mark.seq) furthest.set(keyOf(mark), mark)
    }
    const sorted = [...furthest].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, mark]) => mark)
    const moved = new Map((await moveReadMarks(sql, sorted)).map((mark) => [keyOf(mark), mark]))
    return marks.map((mark) => moved.get(keyOf(mark)))
  }),
)

/**
 * Moves the actor's read mark forwards. Their other sockets and the room get an event. With `unread` it may go back, and only their
 * own sockets hear of that.
 */
export async function markRead(scope: Scope, id: string, { seq, unread }: Place): Promise<ReadMarked> {
  if (unread) return markUnread(scope, id, seq)
  const { room, moved } = await changeInRoom(scope, id, 'read', async ({ room }) => ({
    room,
    moved: await moving(scope).ask({ roomKey: room.key, userId: scope.actor.id, seq }),
  }))
  if (!moved) return stateOf(scope, room)
  const key = keyOf(moved)
  const marked = present(room, moved)
  if (moved.readSeq <= (lastSent(scope).get(key) ?? -1)) return marked
  lastSent(scope).set(key, moved.readSeq)
  sendToPerson(scope, room, scope.actor.id, { type: 'read.changed', ...marked })
  if (isCrowded(scope, room.key)) return marked
  const { read_seq } = marked
  const receipt = { room: room.id, username: scope.actor.username, delivered_seq: read_seq, read_seq }
  const text = JSON.stringify({ type: 'receipt.changed', ...receipt })
  scope.bus.publish({ to: 'room', room: room.key, text })
  return marked
}

/** With the lock of the room: two devices hear of it in the order in which it was stored. */
async function markUnread(scope: Scope, id: string, seq: number): Promise<ReadMarked> {
  const { actor } = scope
  return withRoomLock(scope, id, 'read', async (tx, { room }) => {
    await putReadMark(tx.sql, { roomKey: room.key, userId: actor.id, seq })
    const marked = present(room, await readMarkOf(tx.sql, room.key, actor.id))
    tx.onCommit(() => {
      // Every node forgets how far it has sent the mark, so that it may send one before that.
      announce(scope, { what: 'member', room: room.key, user: actor.id, gone: false })
      sendToPerson(scope, room, actor.id, { type: 'read.changed', ...marked, moved_back: true })
    })
    return marked
  })
}

async function stateOf(scope: Scope, room: KnownRoom): Promise<ReadMarked> {
  return present(room, await readMarkOf(scope.sql, room.key, scope.actor.id))
}

/** Without a mark: they have left the room just now. */
const present = (room: KnownRoom, mark: MovedMark | undefined): ReadMarked => ({
  room: room.id,
  read_seq: mark?.readSeq ?? 0,
  unread: mark?.unread ?? 0,
  mentions: mark?.mentions ?? 0,
  head: mark?.head ?? 0,
})

export const receiptCommands = {
  'read.mark': { run: (scope, { room, ...place }) => markRead(scope, room, place) },
} satisfies CommandTable
