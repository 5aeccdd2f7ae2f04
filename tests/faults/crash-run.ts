/** bun tests/faults/crash-run.ts --database embedded|postgres --kills 100 */
import { parseArgs } from 'node:util'
import { findViolations } from '../../src/bench/check.ts'
import { crash } from './crash.ts'

const { values } = parseArgs({
  options: {
    database: { type: 'string', default: 'embedded' },
    kills: { type: 'string', default: '100' },
  },
})
const { database } = values
const kills = Number(values.kills)
if ((database !== 'embedded' && database !== 'postgres') || !Number.isInteger(kills) || kills < 1) {
  console.error('Usage: bun tests/faults/crash-run.ts --database embedded|postgres --kills <number>')
  process.exit(2)
}

const run = await crash({ database, kills }, (line) => console.log(line))
if (!run) process.exit(1)
const { history, refusals, ...figures } = run
const violations = findViolations(history)
const heard = history.listeners.reduce((sum, listener) => sum + listener.heard.length, 0)
console.log({
  database,
  ...figures,
  messages: history.sends.length,
  stored: Object.values(history.logs).reduce((sum, log) => sum + log.length, 0),
  heard,
  refusals: refusals.length,
  violations: violations.length,
})
for (const line of refusals.slice(0, 20)) console.log(`refused: ${line}`)
for (const { kind, what } of violations.slice(0, 50)) console.log(`${kind}: ${what}`)
process.exit(violations.length + refusals.length > 0 ? 1 : 0)
