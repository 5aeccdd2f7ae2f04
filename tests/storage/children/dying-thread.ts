/**
 * Opens the embedded database in argv[2] and ends its thread in the middle of a transaction, in the manner of argv[3]. Prints
 * one line of JSON: what became of the statements, and what is stored.
 */
import { isUnavailable } from '../../../src/storage/errors.ts'
import { openStorage } from '../../../src/storage/open.ts'

const [, , dataDir = '', manner] = process.argv

/** The thread is nobody's to touch, so its handle is taken at its creation. */
const threads: Worker[] = []
globalThis.Worker = class extends globalThis.Worker {
  constructor(...args: ConstructorParameters<typeof Worker>) {
    super(...args)
    threads.push(this)
  }
}

const endings: Record<string, (thread: Worker) => void> = {
  terminated: (thread) => thread.terminate(),
  // It expects a list.
  failed: (thread) => thread.postMessage(5),
}

const said: string[] = []
const storage = await openStorage({ dataDir, log: (message) => said.push(message) })
const outcome = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'stored',
    (error: unknown) => (isUnavailable(error) ? 'unavailable' : String(error)),
  )

await storage.query('create table marks (n int primary key)')
await storage.query('insert into marks values (1)')
const waiting: Promise<string>[] = []
const transaction = outcome(
  storage.transaction(async (tx) => {
    await tx.query('insert into marks values (2)')
    waiting.push(outcome(storage.query('insert into marks values (3)')))
    endings[manner!]!(threads[0]!)
    await tx.query('insert into marks values (4)')
  }),
)
const during = [await transaction, ...(await Promise.all(waiting))]
const after = await outcome(storage.query('insert into marks values (5)'))
const stored = (await storage.query<{ n: number }>('select n from marks order by n')).map(({ n }) => n)
await storage.close()
console.log(JSON.stringify({ during, after, stored, said, threads: threads.length }))
