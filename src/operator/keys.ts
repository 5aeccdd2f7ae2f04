import { countSealed } from '../features/log/sealed.ts'
import type { Tools } from '../scope.ts'
import { columns } from './columns.ts'
import type { Caller, Outcome } from './operation.ts'
import { plural } from './plural.ts'

/** The id of every key that is in the ring or was used, with the number of texts sealed with it. Never the key itself. */
export async function listKeys(tools: Tools, _params: object, { signal }: Caller): Promise<Outcome> {
  const { current, older } = tools.policy.keyring
  const counts = await countSealed(tools.sql, signal)
  const states = new Map<string, 'current' | 'older' | 'missing'>()
  for (const id of counts.keys()) states.set(id, 'missing')
  for (const { id } of older) states.set(id, 'older')
  states.set(current.id, 'current')
  const order = ['current', 'older', 'missing']
  const keys = [...states]
    .map(([id, state]) => ({ id, state, texts: counts.get(id) ?? 0 }))
    .sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state))
  return {
    lines: keys.map(({ id, state, texts }) => columns([id || '(damaged)', state, plural(texts, 'text')])),
    data: keys,
  }
}
