import type { Bus } from './bus.ts'
import { createMemoryBus } from './memory.ts'
import { type Options, openBusOver } from './over-line.ts'
import { postgresLine } from './postgres.ts'
import { redisLine } from './redis.ts'

type Where = { databaseUrl: string | undefined; busUrl: string | undefined }

/** The bus that the settings ask for. Rejects with a sentence if it cannot be used. */
export async function openBus({ databaseUrl, busUrl }: Where, options: Options): Promise<Bus> {
  const { log, node } = options
  if (databaseUrl === undefined) return createMemoryBus(node)
  if (busUrl === undefined)
    return openBusOver(
      postgresLine(databaseUrl, (message, fields) => log.info(message, { ...fields })),
      options,
    )
  // Another course of events is still the same community, and hears that its notes do not open.
  const [community = ''] = (await options.community()).split('|')
  return openBusOver(redisLine(busUrl, options.key, community), options)
}
