import type { Sql } from '../../storage/storage.ts'
import { type Entry, kindNumbers } from './entry.ts'
import { meantColumns } from './meant.ts'
import { columnsOf, insertionNames, insertionTypes, type NewRow, storeUnlessRefused } from './store.ts'

/*
 * The statement that appends a member.joined or member.left adds or removes the member too. A transaction does that by itself.
 */

/** The membership has changed since the entry was made. Nothing was stored; a transaction can find out what is true now. */
export class MembershipMoved extends Error {
  override name = 'MembershipMoved'
}

const { 'member.joined': joined, 'member.left': left } = kindNumbers

export const changesMembers = ({ kind }: Pick<Entry, 'kind'>): boolean =>
  kind === 'member.joined' || kind === 'member.left'

/**
 * Like `insertRows`, with members. An entry whose membership did not change gets no kind, which the table refuses: so either
 * all is stored or nothing, in one statement. Rooms and people are locked: neither can be deleted meanwhile. A person whom somebody
 * else has locked is skipped, so that the others do not wait for it.
 */
export async function insertRowsWithMembers({ query }: Sql, rows: NewRow[]): Promise<number> {
  const [stored] = await query<{ count: number }>(insertWithMembers, [
    ...columnsOf(rows, 'each', true),
    ...meantColumns(rows),
  ])
  return stored!.count
}

const insertWithMembers = `with row as materialized (
  select * from unnest($1::timestamptz[], ${insertionTypes}) as row (at, ${insertionNames})
), change as materialized (
  select room_key, seq, at, kind, (detail::jsonb ->> 'user')::uuid as user_id, detail::jsonb ->> 'role' as role
  from row where kind in (${joined}, ${left})
), open as (
  select key from rooms where key = any($2::int[]) and deleted_at is null order by key for share
), person as (
  select id from users
  where id = any(array(select user_id from change where kind = ${joined})) and deleted_at is null
  order by id for share skip locked
), joined as (
  insert into members (room_key, user_id, role, joined_at, read_seq)
  select change.room_key, person.id, change.role, change.at, change.seq
  from change join open on open.key = change.room_key join person on person.id = change.user_id
  where change.kind = ${joined} order by 1, 2
  on conflict do nothing returning room_key, user_id
), accepted as (
  delete from invitations using joined
  where invitations.room_key = joined.room_key and invitations.user_id = joined.user_id
), gone as (
  delete from members using change
  where change.kind = ${left} and change.room_key in (select key from open)
    and members.room_key = change.room_key and members.user_id = change.user_id and members.role = change.role
  returning members.room_key, members.user_id
), changed as (
  select change.room_key, change.seq from change
  join (select * from joined union all select * from gone) as done
    on done.room_key = change.room_key and done.user_id = change.user_id
), ${storeUnlessRefused(
  `case when row.kind in (${joined}, ${left}) and changed.seq is null then null else row.kind end`,
  'left join changed on changed.room_key = row.room_key and changed.seq = row.seq',
)}`

type Change = { roomKey: number; entry: Pick<Entry, 'kind' | 'member' | 'detail'> }

/** Which of these could be stored now: the person is not in the room and has an account, or is in it with this role. */
export async function findStorable({ query }: Sql, changes: Change[]): Promise<boolean[]> {
  const rows = await query<{ storable: boolean }>(
    `select case when change.joins then members.role is null and users.id is not null and users.deleted_at is null
                 else members.role = change.role end is true as storable
     from unnest($1::int[], $2::uuid[], $3::text[], $4::bool[]) with ordinality
       as change (room_key, user_id, role, joins, place)
     left join users on users.id = change.user_id
     left join members on members.room_key = change.room_key and members.user_id = change.user_id
     order by place`,
    [
      changes.map(({ roomKey }) => roomKey),
      changes.map(({ entry }) => entry.member!.id),
      changes.map(({ entry }) => entry.detail!.role),
      changes.map(({ entry }) => entry.kind === 'member.joined'),
    ],
  )
  return rows.map(({ storable }) => storable)
}
