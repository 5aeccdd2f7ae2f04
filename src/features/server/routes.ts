import type { ServerFacts } from '../../protocol/server-facts.ts'
import type { RouteTable, Scope } from '../../scope.ts'
import { version } from '../../version.ts'
import { countStored } from './store.ts'

export const serverRoutes = {
  'GET /admin/server': ({ scope }) => showServer(scope),
} satisfies RouteTable

async function showServer({ sql, bus, policy }: Scope): Promise<ServerFacts> {
  return {
    version,
    database: sql.kind,
    nodes: bus.others().size + 1,
    stored: await countStored(sql),
    settings: policy.settings.map(({ value, default: byDefault, ...setting }) => ({
      ...setting,
      ...(value === undefined ? {} : { value }),
      ...(byDefault === undefined ? {} : { default: byDefault }),
    })),
  }
}
