import { findViolations } from '../bench/check.ts'
import { type AxisName, axisNames } from '../bench/growth/axes.ts'
import { plotOf } from '../bench/growth/plot.ts'
import { runGrowth } from '../bench/growth/run.ts'
import { runSeed } from '../bench/growth/seed.ts'
import { growthTables } from '../bench/growth/table.ts'
import { insertIntoPostgres, limitInsert, limitTable, serveLimit } from '../bench/limit.ts'
import { runLoad } from '../bench/load/load.ts'
import { missingHere } from '../bench/nemesis/cluster.ts'
import { type FaultName, faultNames } from '../bench/nemesis/fault-names.ts'
import { pageOf } from '../bench/nemesis/page.ts'
import { runNemesis } from '../bench/nemesis/run.ts'
import { isKept, verdictOf } from '../bench/nemesis/verdict.ts'
import type { DatabaseKind } from '../bench/place.ts'
import { createPlan, mostOpenFiles, scenarios } from '../bench/plan.ts'
import { serveRaw } from '../bench/raw.ts'
import { readHistory } from '../bench/recorded.ts'
import { runBench } from '../bench/run.ts'
import { runScale } from '../bench/scale/run.ts'
import { scaleTable } from '../bench/scale/table.ts'
import { tablesOf } from '../bench/table.ts'
import { reasonOf } from '../reasons.ts'
import { openStorage } from '../storage/open.ts'
import { type Arguments, choiceOption, chosen, type Subcommand, textOption, UsageError } from './command.ts'
import { print, printOwn, tell } from './print.ts'

export const bench: Subcommand = {
  usage:
    'parley bench [--quick] [--rounds <number>] [--json <file>]\n' +
    'parley bench --growth [--quick] [--only <names>] [--plot <file>] [--json <file>]\n' +
    'parley bench --scale [--nodes <number>] [--bus <name>]\n' +
    'parley bench --nemesis [--minutes <number>] [--faults <names>] [--seed <number>] [--html <file>]',
  about:
    'Ends with 1 if a message was lost, doubled or reordered. With --growth it measures what each thing costs while a community ' +
    `grows: ${axisNames.join(', ')}. That takes about half an hour and up to 10 GB of disk, which it removes.`,
  // The bench starts its other processes with the name of their role.
  operands: ['[<role>]'],
  options: {
    quick: 'one short round, to see whether it works',
    growth: 'measure what each thing costs while a community grows',
    plot: '<file> for the plot of --growth, an SVG',
    only: '<names> of scenarios (or of what grows) and databases, with commas (everything)',
    rounds: '<number> of rounds; the report shows medians (3)',
    loads: '<number> of load processes',
    people: '<number> of people of "return", all in one room and each in 10 of 100 others (200, in 4 of 20)',
    json: '<file> for the whole report',
    histories: '<directory> to keep the recorded histories in',
    nemesis: 'break a cluster of several nodes while people talk, and say what that did to the promises',
    scale:
      'let people of several nodes talk, and compare what the nodes count with the arithmetic of docs/scaling.md',
    minutes: '<number> of minutes of --nemesis (5)',
    faults: `<names> of what --nemesis breaks, with commas: ${faultNames.join(', ')} (everything)`,
    seed: '<number> with which --nemesis does the same again (a random one)',
    nodes: '<number> of nodes of --nemesis (3) and --scale (4)',
    bus: '<name> of what carries notes between these nodes: redis or postgres (redis)',
    html: '<file> for the page with the plots of --nemesis',
    check: '<file> with a recorded history: only check it for violations',
  },
  examples: [
    'parley bench --quick',
    'parley bench --nemesis --minutes 30 --html nemesis.html',
    'parley bench --growth --only people,postgres --plot growth.svg',
  ],
  async run(args) {
    const [role] = args.words
    if (role !== undefined) return runRole(role)
    const recorded = textOption(args, 'check')
    if (recorded !== undefined) return check(recorded)
    if (args.options.nemesis === true) return torment(args)
    if (args.options.scale === true) return countScale(args)
    return args.options.growth === true ? measureGrowth(args) : measure(args)
  },
}

const databaseKinds: readonly DatabaseKind[] = ['embedded', 'postgres']

async function measure(args: Arguments): Promise<number> {
  const rounds = numberOption(args, 'rounds')
  const loads = numberOption(args, 'loads')
  const people = numberOption(args, 'people')
  const { chosen: only, databases } = chosenFrom(args, scenarios)
  const plan = createPlan({
    quick: args.options.quick === true,
    ...(only.length === 0 ? {} : { only }),
    ...(rounds === undefined ? {} : { rounds }),
    ...(loads === undefined ? {} : { loads }),
    ...(people === undefined ? {} : { people }),
    openFiles: await mostOpenFiles(),
  })
  const report = await runBench({
    plan,
    postgresUrl: postgresUrl(),
    databases,
    histories: textOption(args, 'histories'),
    tell,
  })
  await printOwn(tablesOf(report).split('\n'))
  const json = textOption(args, 'json')
  if (json !== undefined) await Bun.write(json, `${JSON.stringify(report, null, 2)}\n`)
  const faults = report.measurements.flatMap((each) => each.faults)
  return report.violations.length + faults.length > 0 ? 1 : 0
}

async function measureGrowth(args: Arguments): Promise<number> {
  const { chosen, databases } = chosenFrom<AxisName>(args, axisNames)
  const report = await runGrowth({
    quick: args.options.quick === true,
    axes: chosen.length === 0 ? axisNames : chosen,
    databases,
    postgresUrl: postgresUrl(),
    openFiles: await mostOpenFiles(),
    tell,
  })
  await printOwn(growthTables(report).split('\n'))
  const [plot, json] = [textOption(args, 'plot'), textOption(args, 'json')]
  if (plot !== undefined) await Bun.write(plot, plotOf(report))
  if (json !== undefined) await Bun.write(json, `${JSON.stringify(report, null, 2)}\n`)
  return 0
}

async function torment(args: Arguments): Promise<number> {
  const words = textOption(args, 'faults')?.split(',') ?? faultNames
  const faults = words.map((word) => chosen<FaultName>('--faults', word, faultNames))
  const nodes = numberOption(args, 'nodes') ?? 3
  const bus = choiceOption(args, 'bus', ['redis', 'postgres']) ?? 'redis'
  const shape = { nodes, bus, faults }
  const missing = missingHere(shape)
  if (missing !== undefined) throw new Error(missing)
  const report = await runNemesis({
    minutes: numberOption(args, 'minutes') ?? 5,
    seed: numberOption(args, 'seed') ?? 1 + Math.floor(Math.random() * 1_000_000),
    shape,
    histories: textOption(args, 'histories'),
    tell,
  })
  await print(verdictOf(report))
  const html = textOption(args, 'html')
  if (html !== undefined) await Bun.write(html, pageOf(report))
  return isKept(report) ? 0 : 1
}

async function countScale(args: Arguments): Promise<number> {
  const nodes = numberOption(args, 'nodes') ?? 4
  const bus = choiceOption(args, 'bus', ['redis', 'postgres']) ?? 'redis'
  const shape = { nodes, bus, rooms: nodes * 5, spread: Math.min(nodes, 3), listeners: 5, messages: 100 }
  const missing = missingHere({ ...shape, faults: [] })
  if (missing !== undefined) throw new Error(missing)
  const found = await runScale(shape, tell)
  await printOwn(scaleTable(found))
  return found.compared.every(({ isRight }) => isRight) ? 0 : 1
}

const postgresUrl = (): string | undefined =>
  process.env.DATABASE_URL || process.env.TEST_DATABASE_URL || undefined

/** What --only names; no databases are all of them. */
function chosenFrom<Name extends string>(args: Arguments, names: readonly Name[]) {
  const words = textOption(args, 'only')?.split(',') ?? []
  const possible: readonly string[] = [...names, ...databaseKinds]
  for (const word of words)
    if (!possible.includes(word))
      throw new UsageError(`--only takes ${possible.join(', ')}; "${word}" is none.`)
  const databases = databaseKinds.filter((name) => words.includes(name))
  return {
    chosen: names.filter((name) => words.includes(name)),
    databases: databases.length === 0 ? databaseKinds : databases,
  }
}

async function check(path: string): Promise<number> {
  const history = await readHistory(path).catch((error: unknown) => {
    const isText = error instanceof SyntaxError
    throw new Error(
      isText ? `${path} is not a recorded history.` : `${path} cannot be read: ${reasonOf(error)}.`,
    )
  })
  const violations = findViolations(history)
  await print([...violations.map(({ kind, what }) => `${kind}: ${what}`), `${violations.length} violations`])
  return violations.length > 0 ? 1 : 0
}

/** The other processes of a bench are this program too, so that it also works as one compiled file. */
async function runRole(role: string): Promise<number> {
  if (role === 'load') return runLoad()
  if (role === 'raw') return serveRaw()
  if (role === 'seed') return runSeed()
  if (role !== 'limit') throw new UsageError(`"${role}" is not a role of bench.`)
  const { DATABASE_URL: url, DATA_DIR: directory } = process.env
  if (url) return serveLimit(await insertIntoPostgres(url))
  const storage = await openStorage({ dataDir: directory ?? ':memory:' })
  await storage.query(limitTable)
  return serveLimit(async (...columns) => void (await storage.query(limitInsert, columns)))
}

function numberOption(args: Arguments, name: string): number | undefined {
  const text = textOption(args, name)
  if (text === undefined) return undefined
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1)
    throw new UsageError(`--${name} must be a whole number, 1 or more.`)
  return number
}
