import { createBatch } from '../../batch.ts'
import { createBounded } from '../../bounded.ts'
import { type CommandTable, perServer, type Scope } from '../../scope.ts'
import { changeInRoom } from '../rooms/lock.ts'
import { sendToPerson } from '../rooms/send.ts'
import { type MovedMark, moveReadMarks, type ReadMark, readMarkOf } from './store.ts'

const mostSent = 50_000
/** The last mark sent of each room and person: the database may answer a later read first. */
const lastSent = perServer(() => createBounded<string, number>(mostSent))

const mostAtOnce = 200
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

/** Moves the actor's read mark, never backwards. Their other sockets and the room get an event. */
export async function markRead(
  scope: Scope,
  id: string,
  seq: number,
): Promise<{ room: string; read_seq: number }> {
  const { room, moved } = await changeInRoom(scope, id, 'read', async ({ room }) => ({
    room,
    moved: await moving(scope).ask({ roomKey: room.key, userId: scope.actor.id, seq }),
  }))
  if (!moved) {
    return { room: room.id, read_seq: (await readMarkOf(scope.sql, room.key, scope.actor.id)) ?? 0 }
  }
  const { readSeq: read_seq, unread, head } = moved
  const key = `${room.key} ${scope.actor.id}`
  if (read_seq <= (lastSent(scope).get(key) ?? 0)) return { room: room.id, read_seq }
  lastSent(scope).set(key, read_seq)
  sendToPerson(scope, room, scope.actor.id, { type: 'read.changed', room: room.id, read_seq, unread, head })
  const receipt = { room: room.id, username: scope.actor.username, delivered_seq: read_seq, read_seq }
  const text = JSON.stringify({ type: 'receipt.changed', ...receipt })
  scope.bus.publish({ to: 'room', room: room.key, text })
  return { room: room.id, read_seq }
}

export const receiptCommands = {
  'read.mark': { run: (scope, { room, seq }) => markRead(scope, room, seq) },
} satisfies CommandTable
