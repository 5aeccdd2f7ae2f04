import { avatarAddress } from '../../protocol/files.ts'
import type { RoomFacts, RoomFactsPage, RoomFactsQuery } from '../../protocol/room-facts.ts'
import type { Person, Scope } from '../../scope.ts'
import { shownName } from '../../text/names.ts'
import { authorsOf } from '../auth/people.ts'
import { presentAuthor } from '../auth/present.ts'
import { pageOf } from '../page.ts'
import { countRooms, listFactRows, type RoomFactsRow } from './facts-store.ts'

const usualPage = 50

/** For administrators: every room but direct ones, and only what may be known without reading it. */
export async function listRoomFacts(scope: Scope, query: RoomFactsQuery): Promise<RoomFactsPage> {
  const limit = query.limit ?? usualPage
  const filter = { ...query, q: query.q ?? '' }
  const range = {
    oldest: query.order === 'oldest',
    after: positionIn(query.after),
    limit: limit + 1,
  }
  const [rows, counts] = await Promise.all([
    listFactRows(scope.sql, filter, range),
    countRooms(scope.sql, filter),
  ])
  const { page, next } = pageOf(rows, limit, ({ lastAt, id }) => `${lastAt}.${id}`)
  const owners = await authorsOf(
    scope,
    page.flatMap((row) => row.owners),
  )
  return { items: page.map((row) => present(row, owners)), ...next, ...counts }
}

/** A cursor that is none of ours starts from the beginning. */
function positionIn(cursor = ''): { lastAt: number; id: string } | undefined {
  const [, lastAt, id] = /^(\d{1,17})\.([\w-]{1,64})$/.exec(cursor) ?? []
  return id === undefined ? undefined : { lastAt: Number(lastAt), id }
}

function present(row: RoomFactsRow, people: Map<string, Person>): RoomFacts {
  const { id, avatar, access, members, head } = row
  return {
    id,
    title: shownName(row.title) || id,
    ...(avatar === null ? {} : { avatar: avatarAddress(avatar) }),
    access,
    ...(row.archivedAt ? { archived: true } : {}),
    ...{ members, head, file_bytes: row.fileBytes },
    owners: row.owners.map((owner) => presentAuthor(people.get(owner)!)),
    created_at: row.createdAt.toISOString(),
    last_at: new Date(Math.floor(row.lastAt / 1000)).toISOString(),
  }
}
