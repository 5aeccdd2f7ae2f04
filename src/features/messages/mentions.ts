import { perServer, type Scope, type Tools } from '../../scope.ts'
import { everybody } from '../../storage/tables/mentions.ts'
import { mentionsIn } from '../../text/markdown/parse.ts'
import { watchedIn } from '../keywords/watch.ts'
import type { Meant } from '../log/meant.ts'
import { openText } from '../log/seal.ts'
import { mostNamed } from '../presence/changes.ts'
import { countOnline, onlineIn } from '../presence/online.ts'
import { type Access, moderates } from '../rooms/access.ts'
import type { KnownRoom } from '../rooms/known.ts'
import { sendToPerson } from '../rooms/send.ts'
import type { Unmeant } from './mention-store.ts'
import { findMentioned, readVersions } from './store.ts'
import { findMeant, findWatchers, type Watched } from './watcher-store.ts'

/** A message with more versions before an edit calls nobody any more: each edit reads all of them. */
const mostVersions = 100

/**
 * Whom a text means, where a reader sees their names. `@room` means everybody in the room, and `@here` those who are online in it; of
 * more people than presence names, everybody.
 */
export function meantBy(scope: Scope, { room, member }: Access, content: string, repliedTo?: string): Meant {
  const found = mentionsIn(content).names
  const names = [...found].filter((name) => !means.has(name))
  const many =
    names.length < found.size && (room.mentionRoom === 'members' || moderates(scope, member))
      ? whomIn(scope, room, found)
      : undefined
  const words = watchedIn(scope, content)
  return {
    names,
    ...(many === undefined ? {} : { room: many }),
    ...(repliedTo === undefined || repliedTo === scope.actor.id ? {} : { repliedTo }),
    ...(words.length > 0 ? { words } : {}),
  }
}

/** Nobody can be called like this (`auth/reserved.ts`). */
const means: ReadonlySet<string> = new Set(['room', 'here'])

function whomIn(tools: Tools, { key }: KnownRoom, names: ReadonlySet<string>): NonNullable<Meant['room']> {
  if (names.has('room') || countOnline(tools, key) > mostNamed) return 'all'
  return onlineIn(tools, key).map(({ id }) => id)
}

export const isMeant = ({ names, room, repliedTo, words }: Meant): boolean =>
  names.length > 0 || room !== undefined || repliedTo !== undefined || words !== undefined

const callsNobody = ({ names, room, words }: Meant): boolean =>
  names.length === 0 && room === undefined && words === undefined

/**
 * Sends an event to the sockets of members whose names are in the message, and one to the room if it means everybody. It runs after
 * the commit and the reply and may fail: clients find the message itself in the log, and the server counts it.
 */
export function notifyMentioned(scope: Scope, room: KnownRoom, seq: number, meant: Meant): void {
  if (callsNobody(meant)) return
  whileSending(scope, room, seq, () => sendTo(scope, room, { seq }, meant))
}

/** The same after an edit, for people whom no earlier version mentions. */
export function notifyNewlyMentioned(
  scope: Scope,
  room: KnownRoom,
  seq: number,
  edit: { seq: number; meant: Meant },
): void {
  const names = new Set(edit.meant.names)
  const { words } = edit.meant
  let many = edit.meant.room
  if (callsNobody(edit.meant)) return
  whileSending(scope, room, seq, async () => {
    const called = { names: [] as string[], words: [] as string[] }
    const range = { before: edit.seq, limit: mostVersions + 1 }
    const versions = await readVersions(scope.sql, { room: room.key, seq }, range)
    if (versions.length > mostVersions) return
    for (const { body, ...facts } of versions) {
      // Deleted since.
      if (body === null) return
      const { text } = openText(scope, facts, body)
      for (const name of mentionsIn(text).names) {
        names.delete(name)
        called.names.push(name)
        if (means.has(name)) many = undefined
      }
      if (words !== undefined) called.words.push(...watchedIn(scope, text))
    }
    // It has called everybody already.
    const wasForAll = called.names.some((name) => means.has(name))
    const left = {
      ...{ names: [...names], ...(many === undefined ? {} : { room: many }) },
      ...(words === undefined || wasForAll ? {} : { words }),
    }
    await sendTo(scope, room, { seq, edit: edit.seq }, left, called)
  })
}

/** For clients that have counted it: a message that was deleted or edited means these people no more. */
export function notifyUnmeant(
  tools: Tools,
  room: Pick<KnownRoom, 'key' | 'id' | 'access'>,
  seq: number,
  unmeant: readonly Unmeant[],
): void {
  const people = unmeant.filter(({ kind }) => kind === 'name' || kind === 'room').map(({ userId }) => userId)
  const words = unmeant.filter(({ kind }) => kind === 'word')
  if (people.length === 0 && words.length === 0) return
  const event = { type: 'mention.deleted', room: room.id, seq }
  whileSending(tools, room, seq, async () => {
    if (people.includes(everybody))
      tools.bus.publish({ to: 'room', room: room.key, text: JSON.stringify(event) })
    const gone = new Set(people)
    if (words.length > 0) {
      const hashes = words.map(({ userId }) => userId)
      const [{ actorId: author, at }] = words as [Unmeant]
      const watched = { room: room.key, author, words: hashes, at }
      for (const user of await findWatchers(tools.sql, watched)) gone.add(user)
    }
    gone.delete(everybody)
    const still = gone.size > 0 ? await findMeant(tools.sql, { room: room.key, seq }, [...gone]) : []
    for (const user of gone) if (!still.includes(user)) sendToPerson(tools, room, user, event)
  })
}

/** What is being sent of each room. */
const sending = perServer(() => new Map<number, Promise<void>>())

/** One after the other in a room: clients must not hear of an end before the beginning. */
function whileSending(
  tools: Tools,
  room: Pick<KnownRoom, 'key'>,
  seq: number,
  send: () => Promise<void>,
): void {
  const rooms = sending(tools)
  const sent = (rooms.get(room.key) ?? Promise.resolve())
    .then(send)
    .catch((error: unknown) =>
      tools.log.warn('the events of mentions could not be sent', { room: room.key, seq, error }),
    )
    .finally(() => {
      if (rooms.get(room.key) === sent) rooms.delete(room.key)
    })
  rooms.set(room.key, sent)
}

async function sendTo(
  scope: Scope,
  room: KnownRoom,
  place: { seq: number; edit?: number },
  { names, room: many, words }: Meant,
  called?: Watched['called'],
): Promise<void> {
  const event = { type: 'mention.created', room: room.id, ...place, actor: scope.actor.username }
  // One event for however many: those who listen to the room.
  if (many !== undefined) {
    const text = JSON.stringify({ ...event, kind: 'room' })
    scope.bus.publish({ to: 'room', room: room.key, text })
  }
  if (names.length > 0) {
    for (const user of await findMentioned(scope.sql, room.key, scope.actor.id, [...names]))
      sendToPerson(scope, room, user, event)
  }
  if (words === undefined || many === 'all') return
  const before = { names: [...names, ...(called?.names ?? [])], words: called?.words ?? [] }
  const watched = { room: room.key, author: scope.actor.id, words, called: before }
  for (const user of await findWatchers(scope.sql, watched))
    sendToPerson(scope, room, user, { ...event, kind: 'word' })
}
