import type { Bus } from './bus/bus.ts'
import { withoutPassword } from './config/values.ts'
import type { Config } from './config.ts'
import type { Log } from './log.ts'
import { DatabaseInUse } from './storage/errors.ts'
import { lockNodeDirectory } from './storage/lock.ts'
import type { Storage } from './storage/storage.ts'

/**
 * How a server opens its database. With `waitUntil` it waits for another one that it cannot share it with to stop; with `startNew` it creates
 * a database where that of its secrets is gone; `bus` is one that is open; a `worker` shares its DATA_DIR with those of other numbers.
 */
export type Claiming = {
  waitUntil?: AbortSignal
  startNew?: boolean
  bus?: Bus
  worker?: number
  onLost(why: Error): void
}

/** Servers with different databases may share a directory, and so may the workers of one server. */
export function placeOf({ databaseUrl }: Config, worker?: number): string {
  if (databaseUrl === undefined) return 'embedded'
  const which = new Bun.CryptoHasher('sha256').update(withoutPassword(databaseUrl)).digest('hex').slice(0, 12)
  return worker === undefined ? which : `${which}w${worker}`
}

const waitMs = 250

/** Claimed before anybody looks at what is in it: the other server may have an older schema. */
export async function claimed(
  open: () => Promise<Storage>,
  log: Log,
  config: Config,
  keys: string[],
  claiming: Claiming,
): Promise<Storage> {
  return whenFree(() => claimOnce(open, config, keys, claiming), log, claiming.waitUntil)
}

/** With `waitUntil`, `claim` is tried again as long as another server has what it claims, until that signal. */
export async function whenFree<Claimed>(
  claim: () => Claimed | Promise<Claimed>,
  log: Log,
  waitUntil?: AbortSignal,
): Promise<Claimed> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await claim()
    } catch (error) {
      if (!waitUntil || !(error instanceof DatabaseInUse)) throw error
      if (attempt === 0) log.info('waiting until the other server has stopped', { reason: error.message })
      await Bun.sleep(waitMs)
      waitUntil.throwIfAborted()
    }
  }
}

async function claimOnce(
  open: () => Promise<Storage>,
  config: Config,
  keys: string[],
  { worker, onLost }: Claiming,
): Promise<Storage> {
  const { databaseUrl, dataDir } = config
  const directory =
    databaseUrl === undefined || dataDir === ':memory:'
      ? undefined
      : lockNodeDirectory(dataDir, placeOf(config, worker))
  try {
    const sql = await open()
    const close = async () => {
      await sql.close()
      directory?.release()
    }
    try {
      void (await sql.claim(keys)).lost.then(onLost)
      return { ...sql, close }
    } catch (error) {
      await sql.close()
      throw error
    }
  } catch (error) {
    directory?.release()
    throw error
  }
}
