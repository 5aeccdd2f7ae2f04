import { ChatError } from '../../protocol/errors.ts'
import { recentMessages } from '../../protocol/limits.ts'
import type { HistoryQuery, Message, MessagePage, PinsQuery } from '../../protocol/messages.ts'
import type { Scope, Tools } from '../../scope.ts'
import type { LogRoom } from '../log/entry.ts'
import { pageOf } from '../page.ts'
import { readRoom } from '../rooms/lock.ts'
import { presentMessages } from './present.ts'
import {
  findShown,
  readMessagesAt,
  readMessagesBack,
  readMessagesOn,
  readPinned,
  readRecent,
} from './store.ts'

/** A page of history in ascending order: the messages before `before` (default: the end), or after `after` if only that is given. */
export async function listMessages(scope: Scope, id: string, query: HistoryQuery): Promise<MessagePage> {
  const { head: _, ...page } = await listMessagesAt(scope, id, query)
  return page
}

/** Like `listMessages`, with the head of the log at that moment, for clients that continue with live events. */
export function listMessagesAt(scope: Scope, id: string, query: HistoryQuery): Promise<MessagePage> {
  return readRoom(scope, id, 'read', ({ room }) => readPage(scope, room, query))
}

async function readPage(scope: Scope, room: LogRoom, query: HistoryQuery): Promise<MessagePage> {
  const { before, after, limit = recentMessages } = query
  const range = { after: after ?? 0, before: before ?? Number.MAX_SAFE_INTEGER, limit: limit + 1 }
  const forwards = after !== undefined && before === undefined
  const read = forwards ? readMessagesOn : readMessagesBack
  const rows = await read(scope.sql, room.key, scope.actor.id, range)
  const { page, next } = pageOf(rows, limit, ({ seq }) => seq)
  if (!forwards) page.reverse()
  const items = await presentMessages(scope, room, page)
  return {
    items,
    ...next,
    ...(rows[0] ? { head: rows[0].head } : {}),
  }
}

/** The pinned messages of a room, in pages like its history, backwards from `before`. */
export function listPins(scope: Scope, id: string, query: PinsQuery): Promise<MessagePage> {
  return readRoom(scope, id, 'read', ({ room }) => readPins(scope, room, query))
}

async function readPins(scope: Scope, room: LogRoom, query: PinsQuery): Promise<MessagePage> {
  const { before = Number.MAX_SAFE_INTEGER, limit = recentMessages } = query
  const rows = await readPinned(scope.sql, room.key, scope.actor.id, { before, limit: limit + 1 })
  const { page, next } = pageOf(rows, limit, ({ seq }) => seq)
  return { items: await presentMessages(scope, room, page.reverse()), ...next }
}

export function showMessage(scope: Scope, id: string, seq: number): Promise<Message> {
  return readRoom(scope, id, 'read', ({ room }) => readMessage(scope, room, seq))
}

/** Those of these messages that there are, of a room that the actor has seen before: a new one with its id is another one. */
function showMessages(
  scope: Scope,
  { id, key }: Pick<LogRoom, 'id' | 'key'>,
  seqs: number[],
): Promise<Message[]> {
  return readRoom(scope, id, 'read', async ({ room }) => {
    if (room.key !== key) throw new ChatError('room_not_found')
    const places = seqs.map((seq) => ({ roomKey: key, seq }))
    const rows = await readMessagesAt(scope.sql, scope.actor.id, places)
    return presentMessages(scope, room, rows)
  })
}

type Listed = { roomKey: number; room: string; seq: number }

/**
 * These messages of any rooms, by the key of the room and the `seq`. Without those of rooms that the actor may not read any more: they may
 * have left since the list of messages was read.
 */
export async function showReadable(
  scope: Scope,
  listed: Listed[],
): Promise<(roomKey: number, seq: number) => Message | undefined> {
  const found = new Map<string, Message>()
  for (const [key, some] of Map.groupBy(listed, ({ roomKey }) => roomKey)) {
    const seqs = [...new Set(some.map(({ seq }) => seq))]
    try {
      for (const message of await showMessages(scope, { id: some[0]!.room, key }, seqs))
        found.set(`${key} ${message.seq}`, message)
    } catch (error) {
      const isGone = error instanceof ChatError && (error.code === 'not_found' || error.code === 'forbidden')
      if (!isGone) throw error
    }
  }
  return (roomKey, seq) => found.get(`${roomKey} ${seq}`)
}

export async function readMessage(scope: Scope, room: LogRoom, seq: number): Promise<Message> {
  const row = await findShown(scope.sql, room.key, scope.actor.id, seq)
  if (!row) throw new ChatError('message_not_found')
  const [message] = await presentMessages(scope, room, [row])
  return message!
}

/** The newest messages and the head of the log, read in one query: events after this head follow without gap or repeat. */
export async function recentOf(tools: Tools, room: LogRoom, reader: string, limit: number) {
  const { head, rows } = await readRecent(tools.sql, room.key, reader, limit)
  return { head, messages: await presentMessages(tools, room, rows.reverse()) }
}
