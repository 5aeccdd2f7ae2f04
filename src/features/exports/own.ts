import { ChatError } from '../../protocol/errors.ts'
import type { ExportQuery } from '../../protocol/exports.ts'
import type { Room } from '../../protocol/rooms.ts'
import type { Scope } from '../../scope.ts'
import type { FoundFile } from '../attachments/store.ts'
import type { LogRoom } from '../log/entry.ts'
import { placeAfter, readTops } from '../log/sealed.ts'
import { listRooms } from '../rooms/list.ts'
import { readRoom } from '../rooms/lock.ts'
import { accountOf, lists, profile } from './account.ts'
import { type Attached, attachedFiles, hrefOfFile, noting } from './files.ts'
import { contentsFile, conversations, type Entry } from './html/contents.ts'
import { conversationFiles, type Written } from './html/conversation.ts'
import { escaped } from './html/html.ts'
import { type Times, timesIn } from './html/times.ts'
import { jsonFile, jsonWithLists } from './json.ts'
import { exportName, fileName } from './names.ts'
import { pagesOf, type ReadPage, readAll, readOwn } from './read.ts'
import { sendExport } from './running.ts'
import { findAvatar, listReactionsBy, listRoomsByKey, listWritten } from './store.ts'
import type { ExportFile } from './zip.ts'

const entriesAtOnce = 2_000
const reactionsAtOnce = 1_000

/**
 * What the community has of the actor: profile, sessions, tokens, blocks, rooms, their own messages and reactions, and the direct
 * conversations, which they read anyway and which mean little in halves. The messages of others in rooms belong to the others.
 */
export function exportOwn(
  scope: Scope,
  { time_zone: zone = 'UTC' }: ExportQuery,
  request: Request,
): Response {
  const times = timesIn(zone)
  const { actor } = scope
  return sendExport(scope, request, exportName(scope.clock(), actor.username), ownFiles(scope, times))
}

async function* ownFiles(scope: Scope, times: Times): AsyncGenerator<ExportFile> {
  const account = await accountOf(scope)
  yield { name: 'account.json', pieces: jsonFile(account) }
  const blocked = new Set(account.blocks.map(({ username }) => username))
  const entries: Entry[] = []
  const joined = new Set<number>()
  const attached: Attached = new Map()
  const avatar = await findAvatar(scope.sql, scope.actor.id)
  if (avatar !== null) attached.set(avatar, undefined)
  for await (const { source, room } of sourcesOf(scope, joined)) {
    yield* roomFiles(source, room, entries)
  }
  yield* attachedFiles(scope, attached, requireSight)
  yield {
    name: 'index.html',
    pieces: contentsFile({
      ...{
        title: `What is stored about ${account.profile.display_name}`,
        by: scope.actor.username,
        at: scope.clock(),
        times,
        notes,
      },
      parts: [profile(account, times), conversations(entries), ...lists(account, times)],
    }),
  }

  /** Their own are theirs, as their words are. */
  async function requireSight({ userId, room }: FoundFile): Promise<void> {
    await scope.recheck()
    if (userId !== scope.actor.id) await readRoom(scope, room ?? '', 'read', async () => {})
  }

  async function* roomFiles(
    source: Source,
    room: Room | undefined,
    entries: Entry[],
  ): AsyncGenerator<ExportFile> {
    const { id, isDirect } = source
    const words = isDirect
      ? ['direct', ...(room?.people ?? []).filter((each) => each !== scope.actor.username)]
      : [id]
    const path = `rooms/${fileName(entries.length + 1, ...words)}`
    const what = isDirect
      ? 'direct conversation'
      : room
        ? `${room.role}, your messages`
        : 'a room that you left, your messages'
    const title = room?.title || id
    const fields = room ? { room } : { room: { id }, left: true }
    const reactions = { reactions: pagesOfReactions(scope, source) }
    yield {
      name: `${path}.json`,
      pieces: jsonWithLists(fields, { messages: noting(pagesOf(source.read), attached), ...reactions }),
    }
    const written: Written = { messages: 0, pins: [] }
    yield* conversationFiles(
      {
        path,
        title,
        index: '../index.html',
        intro: introOf(what),
        pages: pagesOf(source.read),
        times,
        isWhole: isDirect,
        blocked,
        hrefOf: ({ id, name }) => `../${hrefOfFile(id, name)}`,
      },
      written,
    )
    entries.push({ href: `${path}.html`, title, what, messages: written.messages })
  }
}

const introOf = (what: string): string =>
  `<p class="soft">${escaped(what[0]!.toUpperCase() + what.slice(1))}.</p>\n`

const notes = [
  'This export has your profile, your sessions and tokens, whom you have blocked, your rooms, the threads you follow, your keywords, the sections of your list of rooms, which messages you have saved or reported, your own messages and reactions, and your direct conversations as a whole. What other people wrote in rooms is not in it. The text of a deleted message is gone from the server. The files of these messages, and your picture, are in the folder files.',
  'Each room is a page and a JSON file with the same name. account.json has the rest.',
]

/** A room with something of the actor in it, and how it is read. */
type Source = LogRoom & { isDirect: boolean; isJoined: boolean; read: ReadPage }

/** First the rooms they are in, then those that they have left and wrote in. */
async function* sourcesOf(
  scope: Scope,
  joined: Set<number>,
): AsyncGenerator<{ source: Source; room?: Room }> {
  for await (const room of joinedRooms(scope)) {
    const source = await joinedSource(scope, room)
    joined.add(source.key)
    yield { source, room }
  }
  for (const { head, ...room } of await leftRooms(scope, joined))
    yield { source: leftSource(scope, room, head) }
}

async function* joinedRooms(scope: Scope): AsyncGenerator<Room> {
  for (let after: string | undefined, more = true; more; more = after !== undefined) {
    const page: Awaited<ReturnType<typeof listRooms>> = await listRooms(
      scope,
      after === undefined ? {} : { after },
    )
    for (const room of page.items) {
      // Their own come first.
      if (room.role === undefined) return
      yield room
    }
    after = page.next
  }
}

/** Each page asks the gate again: somebody who is removed meanwhile gets no further. */
async function joinedSource(scope: Scope, { id, access, head }: Room): Promise<Source> {
  const { key, epoch } = await readRoom(scope, id, 'read', async ({ room }) => room)
  const isDirect = access === 'direct'
  const read: ReadPage = (after) =>
    readRoom(scope, id, 'read', ({ room }) => {
      if (room.key !== key) throw new ChatError('room_not_found')
      return isDirect ? readAll(scope, room, scope.actor.id, after, head) : readOwn(scope, room, after, head)
    })
  return { key, id, epoch, isDirect, isJoined: true, read }
}

/** Their own words are theirs, also where they may not read any more what others say. Not the present title of the room. */
function leftSource(scope: Scope, room: LogRoom, head: number): Source {
  const read: ReadPage = async (after) => {
    await scope.recheck()
    const page = await readOwn(scope, room, after, head)
    await scope.recheck()
    return page
  }
  return { ...room, isDirect: false, isJoined: false, read }
}

async function leftRooms(scope: Scope, joined: ReadonlySet<number>): Promise<(LogRoom & { head: number })[]> {
  const tops = await readTops(scope.sql)
  const written = new Set<number>()
  const isSettled = (key: number): boolean => joined.has(key) || written.has(key)
  for (let after = { roomKey: 0, seq: 0 }; ; ) {
    await scope.recheck()
    const seen = await listWritten(scope.sql, scope.actor.id, after, entriesAtOnce)
    for (const { roomKey, written: is } of seen) if (is && !joined.has(roomKey)) written.add(roomKey)
    const last = seen.at(-1)
    if (!last) break
    // What is left of a room that is decided already is skipped.
    after = isSettled(last.roomKey) ? { ...last, seq: Number.MAX_SAFE_INTEGER } : placeAfter(last, tops)
  }
  const rooms = await listRoomsByKey(scope.sql, [...written])
  return rooms.map((room) => ({ ...room, head: tops.get(room.key) ?? 0 }))
}

async function* pagesOfReactions(scope: Scope, { id, key, isJoined }: Source) {
  for (let after = { seq: 0, emoji: '' }; ; ) {
    const read = () => listReactionsBy(scope.sql, key, scope.actor.id, after, reactionsAtOnce)
    await scope.recheck()
    const page = isJoined ? await readRoom(scope, id, 'read', read) : await read()
    yield page
    if (page.length < reactionsAtOnce) return
    after = page.at(-1)!
  }
}
