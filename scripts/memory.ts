/*
 * How much a server remembers of a community far larger than its caches: `bun scripts/memory.ts [people] [rooms]`. A database on
 * Postgres (DATABASE_URL) has 1,000,000 people and 100,000 rooms, everybody in one room; the server meets all of them, in ten
 * steps: person, room, membership, head, greeting, read mark and rate limits. Memory is measured after each.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresPlace } from '../src/bench/place.ts'
import { readConfig } from '../src/config.ts'
import { spend } from '../src/features/auth/budgets.ts'
import { people as peopleOf } from '../src/features/auth/people.ts'
import { writer } from '../src/features/log/writer.ts'
import { markRead } from '../src/features/receipts/read.ts'
import { greetingOf } from '../src/features/rooms/greeting.ts'
import { knownRooms } from '../src/features/rooms/known.ts'
import { createLog } from '../src/log.ts'
import type { Scope } from '../src/scope.ts'
import { createServer } from '../src/server.ts'

const [people = 1_000_000, rooms = 100_000] = process.argv.slice(2).map(Number)
const steps = 10
const atOnce = 200
const databaseUrl = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'

const directory = mkdtempSync(join(tmpdir(), 'parley-memory-'))
const place = await postgresPlace(databaseUrl, directory)
try {
  const settings = { ...place.env, RATE_LIMITS: 'on' }
  const server = await createServer(readConfig(settings), createLog({ level: 'silent' }))
  const { tools } = server
  await seed()
  report('nobody', 0)
  for (let step = 1; step <= steps; step++) {
    const upTo = (people / steps) * step
    for (let at = upTo - people / steps; at < upTo; at += atOnce) await meet(at, atOnce)
    report(`${upTo.toLocaleString('en')} people`, step)
  }
  await server.stop()

  async function seed(): Promise<void> {
    await tools.sql.withoutTimeLimits(async ({ query }) => {
      await query(
        `insert into users (id, username, display_name, created_at)
         select lpad(to_hex(n), 32, '0')::uuid, 'person' || n, 'Person ' || n, now() from generate_series(1, $1::int) as n`,
        [people],
      )
      await query(
        `insert into rooms (id, epoch, title, access, created_at)
         select 'room-' || n, 'e' || n, 'Room ' || n, 'open', now() from generate_series(0, $1::int - 1) as n`,
        [rooms],
      )
      await query(
        `insert into members (room_key, user_id, role, joined_at)
         select rooms.key, lpad(to_hex(n), 32, '0')::uuid, 'member', now()
         from generate_series(1, $1::int) as n join rooms on rooms.id = 'room-' || (n % $2::int)`,
        [people, rooms],
      )
      await query(
        `insert into log (room_key, seq, kind, actor_id, at, body)
         select key, seq, 1, lpad(to_hex(key), 32, '0')::uuid, now(), 'x' from rooms, generate_series(1, 3) as seq
         where id like 'room-%'`,
      )
      await query('analyze')
    })
  }

  /** People after `at`, each as they would come: greeted, in their room, reading it. */
  async function meet(at: number, count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, index) => at + index + 1)
    const idOf = (n: number) =>
      n
        .toString(16)
        .padStart(32, '0')
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    const found = await peopleOf(tools).findAll(numbers.map(idOf), tools.sql)
    await Promise.all(
      numbers.map(async (n) => {
        const actor = found.get(idOf(n))!
        const scope: Scope = { ...tools, actor, session: actor.id, recheck: () => undefined }
        spend(scope, 'subscribe')
        spend(scope, 'write')
        const { rooms: own } = await greetingOf(scope)
        const { room } = (await knownRooms(tools).load(own[0]!.id, actor.id))!
        await writer(tools).heads.load([room], { again: false })
        await markRead(scope, room.id, { seq: own[0]!.head })
      }),
    )
  }

  function report(met: string, step: number): void {
    Bun.gc(true)
    const { rss, heapUsed } = process.memoryUsage()
    const mb = (bytes: number) => Math.round(bytes / 2 ** 20)
    const { rooms: inRooms, memberships } = knownRooms(tools).inMemory()
    console.log(
      `| ${step} | ${met} | ${mb(rss)} MB | ${mb(heapUsed)} MB | ${peopleOf(tools).inMemory()} | ${inRooms} | ${memberships} | ${writer(tools).heads.inMemory()} |`,
    )
  }
} finally {
  await place.close()
  rmSync(directory, { recursive: true, force: true })
}
process.exit(0)
