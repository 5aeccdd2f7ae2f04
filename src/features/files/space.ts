import { createBatch } from '../../batch.ts'
import { createBounded } from '../../bounded.ts'
import { ChatError } from '../../protocol/errors.ts'
import { perServer, type Tools } from '../../scope.ts'
import { violation } from '../../storage/errors.ts'
import type { Sql } from '../../storage/storage.ts'
import type { files } from '../../storage/tables/files.ts'
import { countBytes, insertFiles, lockPersons, markReady } from '../attachments/store.ts'
import { type RoomPass, writer } from '../log/writer.ts'

/*
 * The space that the files of a person may take. What an upload announces counts already, so that several at the same time do not take more
 * than there is. Uploads that begin or end in the same moment do it together: the embedded database stores no messages during a transaction.
 */

/** A file takes at least a block of the disk. */
const leastBytes = 4096
const mostAtOnce = 64

const taken = (bytes: number): number => Math.max(bytes, leastBytes)

/** `bytes`: as announced, 0 if nothing was. */
type Begun = { row: typeof files.$inferInsert; payer: string }
/** `announced`: of its row until now. */
export type Arrived = { id: string; payer: string; announced: number; bytes: number; sealed: string }
/** `pass`: of who has uploaded it, to the room. */
type Ending = { arrived: Arrived; pass: RoomPass<unknown> }
type Outcome = { refused?: unknown }

const beginnings = perServer((tools) =>
  createBatch<Begun, Outcome>(mostAtOnce, (all) =>
    orEach(all, (some) => tools.sql.transaction((sql) => beginAll(tools, sql, some))),
  ),
)
/** One of each room: a room in which somebody is busy holds up nobody elsewhere. */
const ends = perServer(() => createBounded<number, ReturnType<typeof endsIn>>(1000))
const endsIn = (tools: Tools) =>
  createBatch<Ending, Outcome>(mostAtOnce, (all) => orEach(all, (some) => endInRoom(tools, some)))

/** Keeps space for an upload. */
export async function beginUpload(tools: Tools, begun: Begun): Promise<void> {
  settle(await beginnings(tools).ask(begun))
}

/** From now on the file is there, if who has uploaded it may still write in the room. */
export async function endUpload(tools: Tools, ending: Ending): Promise<void> {
  const { key } = ending.pass.room
  const batch = ends(tools).get(key) ?? endsIn(tools)
  ends(tools).set(key, batch)
  settle(await batch.ask(ending))
}

/** The same in a transaction that does more. */
export async function endUploadIn(tools: Tools, sql: Sql, arrived: Arrived): Promise<void> {
  const [outcome] = await arriveAll(tools, sql, [arrived])
  settle(outcome!)
}

function settle({ refused }: Outcome): void {
  if (refused) throw refused
}

/** All in one transaction; if the database refuses one of them, each in its own. */
async function orEach<Each>(all: Each[], run: (some: Each[]) => Promise<Outcome[]>): Promise<Outcome[]> {
  try {
    return await run(all)
  } catch (error) {
    if (all.length === 1 || !violation(error)) return all.map(() => ({ refused: error }))
  }
  const outcomes: Outcome[] = []
  for (const each of all) outcomes.push(...(await orEach([each], run)))
  return outcomes
}

/** In the lock of the room, where nobody loses the right to write in it meanwhile. */
function endInRoom(tools: Tools, all: Ending[]): Promise<Outcome[]> {
  return writer(tools).transact(passOfAll(all), async ({ sql }, outcomes) => {
    const allowed = all.filter((ending) => !outcomes.get(ending)!.refused)
    const ended = await arriveAll(
      tools,
      sql,
      allowed.map(({ arrived }) => arrived),
    )
    for (const [index, ending] of allowed.entries()) outcomes.set(ending, ended[index]!)
    return all.map((ending) => outcomes.get(ending)!)
  })
}

/** Asks every gate in the same tick. One that is refused does not fail the others. */
function passOfAll(all: Ending[]): RoomPass<Map<Ending, Outcome>> {
  const failed = new Map<Ending, Outcome>()
  const [{ pass }] = all as [Ending]
  return {
    ...pass,
    recheck() {
      const outcomes = new Map<Ending, Outcome>()
      const loading: Promise<unknown>[] = []
      for (const ending of all) {
        try {
          const held = failed.get(ending) ?? ending.pass.recheck()
          if (held instanceof Promise)
            loading.push(held.catch((refused: unknown) => failed.set(ending, { refused })))
          outcomes.set(ending, failed.get(ending) ?? {})
        } catch (refused) {
          outcomes.set(ending, { refused })
        }
      }
      return loading.length > 0 ? Promise.all(loading).then(() => outcomes) : outcomes
    },
  }
}

async function beginAll(tools: Tools, sql: Sql, all: Begun[]): Promise<Outcome[]> {
  const used = await usedBy(sql, all)
  const outcomes = all.map(({ row, payer }) => take(tools, used, payer, row.bytes))
  const fitting = all.filter((_, index) => !outcomes[index]!.refused)
  if (fitting.length > 0)
    await insertFiles(
      sql,
      fitting.map(({ row }) => row),
    )
  return outcomes
}

async function arriveAll(tools: Tools, sql: Sql, all: Arrived[]): Promise<Outcome[]> {
  const used = await usedBy(sql, all)
  const outcomes = all.map(({ payer, announced, bytes }) => {
    used.set(payer, used.get(payer)! - taken(announced))
    return take(tools, used, payer, bytes)
  })
  const there = await markReady(
    sql,
    all.filter((_, index) => !outcomes[index]!.refused),
  )
  return outcomes.map((outcome, index) =>
    outcome.refused || there.has(all[index]!.id) ? outcome : { refused: new ChatError('upload_cut') },
  )
}

/** What their files take, and nobody else changes that meanwhile. */
async function usedBy(sql: Sql, all: { payer: string }[]): Promise<Map<string, number>> {
  const payers = [...new Set(all.map(({ payer }) => payer))]
  await lockPersons(sql, payers)
  return countBytes(sql, payers, leastBytes)
}

function take({ policy }: Tools, used: Map<string, number>, payer: string, bytes: number): Outcome {
  const max = policy.limits.files_per_user
  const sum = used.get(payer)! + taken(bytes)
  if (sum > max) return { refused: new ChatError('files_full', { max }) }
  used.set(payer, sum)
  return {}
}
