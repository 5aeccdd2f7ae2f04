import { perServer, type Tools } from '../scope.ts'
import { type Outage, outageOf } from '../storage/errors.ts'
import { hasLessThan } from './disk.ts'

/** A look is as good as new for so long: however often it is asked, the database is written to once a second. */
const goodForMs = 1000
const patienceMs = 2000
/** A send that needs another page of a table would fail. */
const fullBytes = 1_000_000
/** With less than a segment of its write-ahead log, the database stops: then this is why. */
const segmentBytes = 16_000_000

/**
 * What a login and a send read, with whole rows at both ends of the tables: an index alone says nothing about the pages that
 * it points to. Rows that refer to a person or a room that is not there are what remains when a table has lost its pages.
 */
const whatTheyRead = `select
  (select count(row::text) from (select * from settings) as row),
  (select length(row::text) from (select * from users order by username limit 1) as row),
  (select length(row::text) from (select * from users order by username desc limit 1) as row),
  (select length(row::text) from (select * from users order by id desc limit 1) as row),
  (select length(row::text) from (select * from sessions order by id limit 1) as row),
  (select length(row::text) from (select * from sessions order by id desc limit 1) as row),
  (select length(row::text) from (select * from rooms order by key limit 1) as row),
  (select length(row::text) from (select * from rooms order by key desc limit 1) as row),
  (select length(row::text) from (select * from rooms where deleted_at is null order by id limit 1) as row),
  (select length(row::text) from (select * from members order by room_key, user_id limit 1) as row),
  (select length(row::text) from (select * from members order by room_key desc, user_id desc limit 1) as row),
  (select length(row::text) from (select * from log order by room_key, seq limit 1) as row),
  (select length(row::text) from (select * from log order by room_key desc, seq desc limit 1) as row),
  (select count(*) from (select * from members order by room_key desc, user_id desc limit 1) as newest
   where not exists (select 1 from users where id = user_id) or not exists (select 1 from rooms where key = room_key))
  + (select count(*) from (select user_id from sessions order by id desc limit 1) as newest
     where not exists (select 1 from users where id = user_id)) as lost`

/** A text as long as the longest message, which does not shrink: it needs pages of its own. */
const longEntry = `insert into log (room_key, seq, kind, actor_id, at, body)
  values (0, 1, 0, gen_random_uuid(), now(),
    (select string_agg(md5(random()::text), '') from generate_series(1, 250)))`

class TakenBack extends Error {}

/**
 * Resolves to why a message that was sent now would not be stored, or to undefined. It writes, waits for the disk, and
 * reads what a login and a send need: a response alone says too little. While the last send has failed, it also stores
 * what a send would store, and rolls it back.
 */
export const readiness = perServer((tools) => {
  let look: Promise<Outage | undefined> | undefined

  return (hasSendFailed: () => boolean): Promise<Outage | undefined> => {
    if (!look) {
      const late = Bun.sleep(patienceMs).then((): Outage => 'database_away')
      look = Promise.race([outage(tools, hasSendFailed()), late])
      setTimeout(() => {
        look = undefined
      }, goodForMs).unref()
    }
    return look
  }
})

async function outage(tools: Tools, hasSendFailed: boolean): Promise<Outage | undefined> {
  if (await hasLessThan(tools, fullBytes)) return 'disk_full'
  try {
    await tools.sql.ping()
    const written = await tools.sql.query(
      `update settings set value = value where name = 'seeded' returning 1`,
    )
    const [read] = await tools.sql.query<{ lost: number }>(whatTheyRead)
    if (written.length !== 1 || read!.lost > 0) return 'database_damaged'
    if (hasSendFailed) await storeAndTakeBack(tools)
    return undefined
  } catch (error) {
    const why = outageOf(error)
    return why === 'database_away' && (await hasLessThan(tools, segmentBytes)) ? 'disk_full' : why
  }
}

async function storeAndTakeBack({ sql }: Tools): Promise<void> {
  const stored = sql.transaction(async ({ query }) => {
    await query(longEntry)
    throw new TakenBack()
  })
  await stored.catch((error: unknown) => {
    if (!(error instanceof TakenBack)) throw error
  })
}
