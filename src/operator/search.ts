import { rebuildSearch } from '../features/search/rebuild.ts'
import { ChatError } from '../protocol/errors.ts'
import type { Tools } from '../scope.ts'
import type { Caller, Outcome } from './operation.ts'

/** Makes the words of every message again, while people search in the old ones. */
export async function rebuildIndex(
  tools: Tools,
  _params: object,
  { report, signal }: Caller,
): Promise<Outcome> {
  if (!tools.policy.search) throw new ChatError('search_off')
  const began = performance.now()
  const entries = await rebuildSearch(tools, { all: true }, { signal, report: progressOf(report, began) })
  const seconds = (performance.now() - began) / 1000
  const lines = [
    `${entries.toLocaleString('en')} entries looked through for searches in ${seconds.toFixed(1)} s`,
  ]
  return { lines, data: { entries } }
}

export function progressOf(report: Caller['report'], began: number) {
  return (done: number, total: number): void => {
    const secondsLeft = ((performance.now() - began) / 1000 / Math.max(1, done)) * (total - done)
    report({ what: 'entries looked through for searches:', done, total, ...(done > 0 && { secondsLeft }) })
  }
}
