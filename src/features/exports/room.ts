import { ChatError } from '../../protocol/errors.ts'
import type { ExportQuery } from '../../protocol/exports.ts'
import type { Member, Room } from '../../protocol/rooms.ts'
import type { Scope } from '../../scope.ts'
import { recordAct } from '../audit/record.ts'
import type { Access } from '../rooms/access.ts'
import { showRoom } from '../rooms/list.ts'
import { readRoom } from '../rooms/lock.ts'
import { listMembers } from '../rooms/members.ts'
import { type Attached, attachedFiles, hrefOfFile, noting } from './files.ts'
import { contentsFile, conversations, table } from './html/contents.ts'
import { conversationFiles, type Written } from './html/conversation.ts'
import { escaped } from './html/html.ts'
import { type Times, timesIn } from './html/times.ts'
import { forAll, jsonWithLists } from './json.ts'
import { exportName } from './names.ts'
import { pagesOf, type ReadPage, readAll } from './read.ts'
import { sendExport } from './running.ts'
import type { ExportFile } from './zip.ts'

/** Reads reactions as nobody: the export is of the room, no matter who exports it. */
const nobodysId = '00000000-0000-0000-0000-000000000000'

/** The whole room, for its owners and for administrators who are in it. */
export async function exportRoom(
  scope: Scope,
  id: string,
  { time_zone: zone = 'UTC' }: ExportQuery,
  request: Request,
): Promise<Response> {
  const times = timesIn(zone)
  const key = await readRoom(scope, id, 'export', async ({ room }) => room.key)
  const name = exportName(scope.clock(), 'room', id)
  return sendExport(scope, request, name, roomFiles(scope, id, key, times))
}

async function* roomFiles(scope: Scope, id: string, key: number, times: Times): AsyncGenerator<ExportFile> {
  const asking = <Read>(read: (access: Access) => Promise<Read>): Promise<Read> =>
    readRoom(scope, id, 'export', (access) => {
      if (access.room.key !== key) throw new ChatError('room_not_found')
      return read(access)
    })
  // Before the first byte: nobody gets a room that the audit log does not know of.
  await asking(() => recordAct(scope, { actor: scope.actor.id, action: 'room.exported', room: id }))
  const room = withoutReader(await asking(() => showRoom(scope, id)))
  const read: ReadPage = async (after) => {
    const page = await asking((access) => readAll(scope, access.room, nobodysId, after, room.head))
    return { ...page, messages: page.messages.map(forAll) }
  }

  async function* pagesOfMembers(): AsyncGenerator<Member[]> {
    for (let after: string | undefined, more = true; more; ) {
      const page = await asking(() => listMembers(scope, id, after === undefined ? {} : { after }))
      yield page.items.map(({ status: _, custom_status: __, ...member }) => member as Member)
      after = page.next
      more = after !== undefined
    }
  }

  const attached: Attached = new Map()
  const avatar = await asking(async (access) => access.room.avatar)
  if (avatar !== null) attached.set(avatar, undefined)
  const exported = { exported_at: scope.clock().toISOString(), exported_by: scope.actor.username, room }
  yield {
    name: 'room.json',
    pieces: jsonWithLists(exported, { members: pagesOfMembers(), messages: noting(pagesOf(read), attached) }),
  }
  const title = room.title || id
  const written: Written = { messages: 0, pins: [] }
  yield* conversationFiles(
    {
      ...{ path: 'messages', title, index: 'index.html', intro: '', pages: pagesOf(read), times },
      ...{ isWhole: true, blocked: new Set<string>() },
      hrefOf: ({ id, name }) => hrefOfFile(id, name),
    },
    written,
  )
  yield* attachedFiles(scope, attached, () => asking(async () => {}))
  yield { name: 'index.html', pieces: contents() }

  async function* contents(): AsyncGenerator<string> {
    const members: [string, string, string, string][] = []
    for await (const page of pagesOfMembers()) {
      for (const { display_name, username, role, joined_at } of page)
        members.push([display_name, username, role, times.both(joined_at)])
    }
    yield* contentsFile({
      ...{ title, by: scope.actor.username, at: scope.clock(), times, notes },
      parts: [
        room.description ? `<p class="prose" dir="auto">${escaped(room.description)}</p>\n` : '',
        conversations([{ href: 'messages.html', title, what: room.access, messages: written.messages }]),
        pinned(written),
        table('Members', ['Name', 'Username', 'Role', 'Since'], members),
      ],
    })
  }
}

const notes = [
  'This export has every message of the room as it is now, with edits, reactions, replies and pins, and the members. The text of a deleted message is gone from the server. The files of the messages, and the picture of the room, are in the folder files.',
  'room.json has the same for programs.',
]

function pinned({ pins }: Written): string {
  if (pins.length === 0) return ''
  const items = pins.map(
    ({ href, excerpt }) => `<li><a href="${href}"><bdi>${escaped(excerpt)}</bdi></a></li>`,
  )
  return `<h2>Pinned</h2>\n<ul>\n${items.join('\n')}\n</ul>\n`
}

/** Without what the room is for the person who exports it. */
function withoutReader({
  role: _,
  notify: __,
  read_seq: ___,
  unread: ____,
  silenced_until: _____,
  favourite: ______,
  mentions: _______,
  muted_until: ________,
  custom_status: _________,
  section: __________,
  ...room
}: Room): Room {
  return room
}
