import type { ServerFacts } from '../../protocol/server-facts.ts'
import { perServer, type RouteTable, type Scope } from '../../scope.ts'
import { version } from '../../version.ts'
import { cacheFigures } from './cached-figures.ts'
import { countStored } from './store.ts'

export const serverRoutes = {
  'GET /admin/server': ({ scope }) => showServer(scope),
} satisfies RouteTable

const stored = perServer(({ sql }) => cacheFigures(() => countStored(sql)))

async function showServer(scope: Scope): Promise<ServerFacts> {
  const { sql, bus, policy } = scope
  return {
    version,
    database: sql.kind,
    nodes: bus.others().size + 1,
    stored: await stored(scope)(),
    settings: policy.settings.map(({ value, default: byDefault, ...setting }) => ({
      ...setting,
      ...(value === undefined ? {} : { value }),
      ...(byDefault === undefined ? {} : { default: byDefault }),
    })),
  }
}
