import type { Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { operatorsPass } from '../auth/redeem.ts'
import { kindNumbers, type LogRoom, type Tip } from './entry.ts'
import { type Facts, writeFacts } from './facts.ts'
import { isLinked, linkAfter, markLinked, type Standing, sealStanding } from './integrity.ts'
import { isOld, resealText } from './seal.ts'
import { linkText } from './store.ts'
import { writer } from './writer.ts'

const rowsAtOnce = 500

/**
 * Links the logs of a community from before there were links, and seals its texts in the newest form: a part of a room at
 * a time, at most half of the time, while people talk. A stop at any moment is well: the next start goes on.
 */
export async function linkOldLogs(tools: Tools): Promise<void> {
  if (isLinked(tools)) return
  try {
    await linkAll(tools)
    await markLinked(tools)
    // What was appended while the mark was made.
    await linkAll(tools)
    tools.log.info('every log is linked now: a change in the database is noticed')
  } catch (error) {
    tools.log.warn('old logs are not linked yet; the next start goes on', { error })
  }
}

async function linkAll(tools: Tools): Promise<void> {
  for (let rooms = await listUnlinked(tools.sql); rooms.length > 0; rooms = await listUnlinked(tools.sql)) {
    for (const room of rooms) await linkRoom(tools, room)
  }
}

async function linkRoom(tools: Tools, room: LogRoom): Promise<void> {
  let tip = await lastLinked(tools.sql, room.key)
  for (let done = false; !done; ) {
    const began = performance.now()
    // In the turn of the writer: an entry that came in between would not know the link before it.
    const { last, head } = await writer(tools).transact({ ...operatorsPass, room }, async (tx) => {
      const last = await linkSome(tools, tx.sql, room.key, tip)
      if (last.head >= tx.head) tx.onCommit(() => writer(tools).heads.setLink(room.key, last))
      return { last, head: tx.head }
    })
    done = last.head >= head || last.head === tip.head
    tip = last
    await Bun.sleep(performance.now() - began)
  }
}

type Linked = Pick<Tip, 'head' | 'link'>

type Row = Facts & Standing & { body: string | null }

/** Returns the last linked entry. */
async function linkSome(tools: Tools, sql: Sql, roomKey: number, from: Linked): Promise<Linked> {
  const rows = await readRows(sql, roomKey, from.head)
  let tip = from
  const changes: Change[] = []
  for (const row of rows) {
    const link = linkAfter(tools, tip, writeFacts(row))!
    const isMessage = row.kind === kindNumbers['message.created']
    changes.push({
      seq: row.seq,
      link,
      standing: isMessage ? sealStanding(tools, roomKey, row.seq, row) : null,
      body: row.body !== null && isOld(row.body) ? (resealText(tools, row, row.body) ?? null) : null,
    })
    tip = { head: row.seq, link }
  }
  await change(sql, roomKey, changes)
  return tip
}

async function listUnlinked({ query }: Sql): Promise<LogRoom[]> {
  return query<LogRoom>(
    `select key, id, epoch from rooms where deleted_at is null
       and exists (select 1 from log where room_key = key and link is null) order by key`,
  )
}

/** The last entry before the first without a link. */
async function lastLinked({ query }: Sql, roomKey: number): Promise<Linked> {
  const [last] = await query<Linked>(
    `select seq as head, ${linkText('log')} as link from log where room_key = $1 and seq < (
       select min(seq) from log where room_key = $1 and link is null
     ) order by seq desc limit 1`,
    [roomKey],
  )
  return last ?? { head: 0, link: null }
}

async function readRows({ query }: Sql, roomKey: number, since: number): Promise<Row[]> {
  return query<Row>(
    `select room_key as "roomKey", seq, kind, actor_id as "actorId", at, target, reply_to as "replyTo",
            client_id as "clientId", detail, body,
            edited_seq as "editedSeq", deleted_at as "deletedAt", pinned_at as "pinnedAt"
     from log where room_key = $1 and seq > $2 order by seq limit $3`,
    [roomKey, since, rowsAtOnce],
  )
}

type Change = { seq: number; link: string; standing: string | null; body: string | null }

async function change({ query }: Sql, roomKey: number, changes: Change[]): Promise<void> {
  await query(
    `update log set link = fresh.link, standing = fresh.standing, body = coalesce(fresh.body, log.body)
     from unnest($2::bigint[], $3::uuid[], $4::uuid[], $5::text[]) as fresh (seq, link, standing, body)
     where log.room_key = $1 and log.seq = fresh.seq`,
    [
      roomKey,
      changes.map(({ seq }) => seq),
      changes.map(({ link }) => link),
      changes.map(({ standing }) => standing),
      changes.map(({ body }) => body),
    ],
  )
}
