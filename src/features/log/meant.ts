import { everybody } from '../../storage/tables/mentions.ts'
import { plain, quoted } from './literals.ts'

/*
 * A message that means somebody is stored together with whom it means, by the same statement. Which names are those of members is
 * decided there, so that it is right as of this commit. A batch in which nobody is meant takes the statement without it.
 */

/** Whom a message means. Those who are not in the room are left out when it is stored, and so is its author. */
export type Meant = {
  /** In lower case. */
  names: readonly string[]
  /** Everybody in the room, or those of these ids. */
  room?: 'all' | readonly string[]
  /** The author of the message that it answers. */
  repliedTo?: string
  /** Hashes of words in it that somebody has as a keyword: a row for each, however many people that are. */
  words?: readonly string[]
}

/** Who is meant, of which there may be a row for a name, an id (or the hash of a word), or neither: everybody. */
type MeantRow = { roomKey: number; seq: number; kind: string; name: string | null; person: string | null }

function meantRows({ roomKey, seq }: { roomKey: number; seq: number }, meant: Meant): MeantRow[] {
  const { names, room, repliedTo, words = [] } = meant
  const row = (kind: string, name: string | null, person: string | null) => ({
    ...{ roomKey, seq, kind, name, person },
  })
  return [
    ...names.map((name) => row('name', name, null)),
    ...(room === 'all' ? [row('room', null, null)] : (room ?? []).map((person) => row('room', null, person))),
    ...(repliedTo === undefined ? [] : [row('reply', null, repliedTo)]),
    ...words.map((hash) => row('word', null, hash)),
  ]
}

/** The parameters of `storeMeant`. */
export function meantColumns(entries: readonly { roomKey: number; seq: number; meant?: Meant }[]): unknown[] {
  const rows = entries.flatMap((entry) => (entry.meant ? meantRows(entry, entry.meant) : []))
  return [
    plain(rows.map(({ roomKey }) => roomKey)),
    plain(rows.map(({ seq }) => seq)),
    plain(rows.map(({ kind }) => kind)),
    quoted(rows.map(({ name }) => name)),
    plain(rows.map(({ person }) => person)),
  ]
}

/**
 * SQL that goes on after `entries`, which has the columns room_key, seq, target, actor_id and at of entries. `first` is the number of the
 * first of the five parameters. Former administrators keep their row in rooms for administrators, so they are excluded.
 */
export const storeMeant = (entries: string, first: number): string =>
  `insert into mentions (user_id, room_key, seq, kind, actor_id, place, at)
   select case when meant.kind = 'word' then meant.person
               when meant.name is null and meant.person is null then '${everybody}'::uuid else person.id end,
          entry.room_key, coalesce(entry.target, entry.seq), meant.kind, entry.actor_id, entry.seq, entry.at
   from unnest($${first}::int[], $${first + 1}::bigint[], $${first + 2}::text[], $${first + 3}::text[], $${first + 4}::uuid[])
     as meant (room_key, seq, kind, name, person)
   join ${entries} as entry on entry.room_key = meant.room_key and entry.seq = meant.seq
   left join lateral (
     select id, role from users where username = meant.name
     union all select id, role from users where id = meant.person and meant.kind <> 'word'
   ) as person on true
   left join lateral (
     select 1 as one from members where room_key = meant.room_key and user_id = person.id offset 0
   ) as member on true
   where meant.kind = 'word' or (meant.name is null and meant.person is null) or (
     member.one is not null and person.id <> entry.actor_id and (
       person.role = 'admin' or (select access from rooms where key = meant.room_key) <> 'admins'
     )
   )
   on conflict do nothing`
