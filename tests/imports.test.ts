// Longer than 300 lines: the two tables of who may import whom are read together.
import { describe, expect, test } from 'bun:test'
import { dirname, join, normalize } from 'node:path'
import { Glob } from 'bun'

/*
 * Who may import whom: ARCHITECTURE.md as a table. A name is a folder or file directly under src/; a path is that file
 * only; "types of x" are imports that vanish at run time. Where the table turns out wrong, change it in the commit
 * that needs it, and say why.
 */

const root = join(import.meta.dir, '..')

/** In the order of ARCHITECTURE.md, the only list of them: each feature uses only those before it. */
const features = await featuresOf(join(root, 'ARCHITECTURE.md'))

async function featuresOf(path: string): Promise<string[]> {
  const layout = /^src\/features\/ .*only those before it:\n((?: {19}.*\n)+)/m.exec(
    await Bun.file(path).text(),
  )
  return layout![1]!.trim().split(/\s+/)
}

const basics = [
  'batch',
  'bounded',
  'protocol',
  'crypto',
  'config',
  'secrets',
  'log',
  'metrics',
  'traces',
  'rate',
  'slots',
  'release',
  'reasons',
  'text',
  'time',
  'version',
]
const server = [
  ...basics,
  'depot',
  'storage',
  'bus',
  'scope',
  'outside',
  'features',
  'realtime',
  'http',
  'claiming',
  'tools',
  'routes',
  'sockets',
  'archive',
  'operator',
]

const table: Record<string, string[]> = {
  batch: [],
  bounded: [],
  // What a name, an emoji or an address is, for all who take, store or show one.
  text: [],
  protocol: ['text'],
  crypto: ['release'],
  log: ['text'],
  metrics: [],
  traces: ['types of log', 'types of metrics'],
  rate: ['bounded'],
  slots: [],
  release: [],
  reasons: [],
  time: [],
  version: ['package.json'],
  'stop-signals': [],
  'own-program': [],
  // An HTTP client, which the operator's settings reach as functions.
  outside: [],
  depot: [],
  // What an address of mail is, for the setting that has one too.
  config: ['crypto', 'text'],
  secrets: ['config', 'crypto', 'reasons'],
  // Which version has run a migration.
  storage: ['protocol', 'config', 'reasons', 'text', 'version', 'drizzle'],
  // LISTEN and NOTIFY need a connection of the same kind as the statements have.
  bus: ['bounded', 'crypto', 'storage', 'types of log', 'types of metrics', 'types of traces'],
  scope: [
    'types of protocol',
    'types of config',
    'types of storage',
    'types of bus',
    'types of outside',
    'types of crypto',
    'types of log',
    'types of metrics',
    'types of traces',
    'types of depot',
  ],
  features: [
    'batch',
    'bounded',
    'depot',
    'scope',
    'protocol',
    'storage',
    'crypto',
    'rate',
    'slots',
    'release',
    'text',
    'time',
    // Administrators see it.
    'version',
    'outside',
    'types of bus',
    'types of traces',
  ],
  realtime: [
    'bounded',
    'protocol',
    'scope',
    'bus',
    'log',
    'metrics',
    'rate',
    'storage/errors.ts',
    'types of traces',
  ],
  http: [
    'protocol',
    'scope',
    'bus',
    'log',
    'metrics',
    'rate',
    'storage/errors.ts',
    'crypto',
    'types of config',
    'types of traces',
  ],
  claiming: ['config', 'storage', 'types of bus', 'types of log'],
  tools: server,
  routes: server,
  sockets: server,
  archive: ['depot', 'features', 'protocol', 'scope', 'crypto', 'storage', 'text', 'version'],
  operator: server,
  server: [...server, 'web/index.html'],
  cli: [...server, 'server', 'sdk', 'bench', 'tui', 'own-program', 'stop-signals'],
  main: ['cli'],
  sdk: ['protocol', 'text'],
  web: ['sdk', 'protocol', 'text'],
  tui: ['sdk', 'protocol', 'text', 'version'],
  // A seeding process of the bench seals messages as the server does.
  bench: [
    'sdk',
    'protocol',
    'version',
    'config',
    'crypto',
    'scope',
    'features',
    'tools',
    'own-program',
    'stop-signals',
  ],
}

/** The places of the page. `ground` is below all of them, and names the acts of the others only in the type of the store. */
const places: Record<string, string[]> = {
  ground: [],
  language: ['ground'],
  kit: ['ground', 'language'],
  text: ['ground', 'language', 'kit'],
  'sign-in': ['ground', 'language', 'kit'],
  people: ['ground', 'language', 'kit'],
  rooms: ['ground', 'language', 'kit', 'people', 'sign-in'],
  files: ['ground', 'language', 'kit', 'people'],
  talk: ['ground', 'language', 'kit', 'text', 'people', 'rooms', 'files'],
  reports: ['ground', 'language', 'kit', 'people'],
  search: ['ground', 'language', 'kit', 'people'],
  mentions: ['ground', 'language', 'kit', 'people'],
  threads: ['ground', 'language', 'kit', 'people'],
  saved: ['ground', 'language', 'kit', 'people', 'files'],
  push: ['ground', 'language', 'kit'],
  settings: ['ground', 'language', 'kit', 'text', 'people', 'push'],
  admin: ['ground', 'language', 'kit', 'people', 'rooms', 'settings'],
  page: [
    'ground',
    'language',
    'kit',
    'text',
    'sign-in',
    'people',
    'rooms',
    'files',
    'talk',
    'reports',
    'search',
    'mentions',
    'threads',
    'push',
    'saved',
    'settings',
    'admin',
  ],
}

/** What runs in a browser, or is read by people who write clients, stays free of the server's packages. */
const packages: Record<string, RegExp> = {
  text: /^$/,
  protocol: /^@sinclair\/typebox/,
  sdk: /^(?!elysia|drizzle|postgres|pino|bun$|node:|@electric-sql|@elysiajs)/,
  web: /^(?!elysia|drizzle|postgres|pino|bun$|node:|@electric-sql|@elysiajs)/,
  crypto: /^node:/,
}

type Import = { from: string; to: string; typesOnly: boolean; line: string }

const importing =
  /^[ \t]*(import|export)\b([^'"`;]*?)\bfrom\s*['"]([^'"]+)['"]|^[ \t]*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm

const sources = new Map<string, string>()
for (const path of [...new Glob('src/**/*.{ts,tsx}').scanSync(root)].sort()) {
  sources.set(path.slice(4), await Bun.file(join(root, path)).text())
}

const imports: Import[] = [...sources].flatMap(([from, source]) =>
  [...source.matchAll(importing)].map((match) => {
    const to = (match[3] ?? match[4] ?? match[5])!
    const names = match[2]?.trim() ?? ''
    const each = /^\{([\s\S]*)\}$/
      .exec(names)?.[1]
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean)
    const typesOnly = names.startsWith('type ') || (each?.every((name) => name.startsWith('type ')) ?? false)
    return { from, to, typesOnly, line: `src/${from}: ${match[0].trim().replace(/\s+/g, ' ')}` }
  }),
)
const local = imports
  .filter(({ to }) => to.startsWith('.'))
  .map((each) => ({ ...each, to: normalize(join(dirname(each.from), each.to)) }))

/** The part of the program that a file belongs to; what lies outside of src is named as it is. */
function partOf(path: string): string {
  const outside = path.replace(/^(\.\.\/)+/, '')
  return outside.split('/')[0]!.replace(/\.tsx?$/, '')
}

const featureOf = (path: string): string => path.split('/')[1]!.replace(/\.ts$/, '')

function isAllowedInPage({ from, to, typesOnly }: Import): boolean {
  const [here, there] = [from.split('/')[1]!, to.split('/')[1]!]
  if (here === there || places[here]?.includes(there)) return true
  return from === 'web/ground/store.ts' && typesOnly && /acts\.ts$/.test(to)
}

function isAllowed({ from, to, typesOnly }: Import): boolean {
  const [here, there] = [partOf(from), partOf(to)]
  if (here === 'features' && there === 'features') {
    const [one, other] = [featureOf(from), featureOf(to)]
    return one === other || features.indexOf(other) < features.indexOf(one)
  }
  if (here === 'web' && there === 'web') return isAllowedInPage({ from, to, typesOnly, line: '' })
  if (here === there) return true
  const allowed = table[here] ?? []
  return (
    allowed.includes(there) || allowed.includes(to) || (typesOnly && allowed.includes(`types of ${there}`))
  )
}

test('the imports are read at all', () => {
  expect(sources.size).toBeGreaterThan(150)
  expect(local.length).toBeGreaterThan(500)
  expect(isAllowed({ from: 'protocol/x.ts', to: 'storage/y.ts', typesOnly: false, line: '' })).toBe(false)
  expect(
    isAllowed({ from: 'features/auth/x.ts', to: 'features/rooms/y.ts', typesOnly: true, line: '' }),
  ).toBe(false)
  expect(isAllowed({ from: 'realtime/x.ts', to: 'features/rooms/y.ts', typesOnly: true, line: '' })).toBe(
    false,
  )
  expect(isAllowed({ from: 'web/people/x.ts', to: 'web/rooms/y.ts', typesOnly: true, line: '' })).toBe(false)
  expect(isAllowed({ from: 'scope.ts', to: 'bus/bus.ts', typesOnly: false, line: '' })).toBe(false)
})

test('every part of the program and every feature has its place in the table', () => {
  const parts = new Set([...sources.keys()].filter((path) => !path.endsWith('.d.ts')).map(partOf))
  expect([...parts].filter((part) => !(part in table))).toEqual([])
  const there = new Set([...sources.keys()].filter((path) => path.startsWith('features/')).map(featureOf))
  expect([...there].sort()).toEqual(features.toSorted())
  const inPage = [...sources.keys()].filter((path) => path.startsWith('web/'))
  expect(inPage.filter((path) => !((path.split('/')[1] ?? '') in places))).toEqual([])
})

test('every file imports only what the table allows', () => {
  expect(local.filter((each) => !isAllowed(each)).map(({ line }) => line)).toEqual([])
})

test('nothing imports main', () => {
  expect(local.filter(({ to }) => to === 'main.ts').map(({ line }) => line)).toEqual([])
})

test('what runs elsewhere too imports no package of the server', () => {
  const foreign = imports.filter(({ to }) => !to.startsWith('.'))
  const wrong = foreign.filter(({ from, to }) => packages[partOf(from)]?.test(to) === false)
  expect(wrong.map(({ line }) => line)).toEqual([])
})

test('local imports carry their extension', () => {
  expect(local.filter(({ to }) => !/\.[a-z]+$/.test(to)).map(({ line }) => line)).toEqual([])
})

describe('the graph of all imports, types included', () => {
  const next = new Map<string, string[]>()
  for (const { from, to } of local) next.set(from, [...(next.get(from) ?? []), to])

  test('has no cycle', () => {
    const done = new Set<string>()
    const cycles: string[] = []
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file)) return void cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
      if (done.has(file)) return
      for (const other of next.get(file) ?? []) visit(other, [...path, file])
      done.add(file)
    }
    for (const file of sources.keys()) visit(file, [])
    expect(cycles).toEqual([])
  })
})

test('no file is a barrel, one that only passes on what others export', () => {
  const barrels = [...sources].filter(([, source]) => {
    const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').trim()
    const rest = code.replace(
      /^\s*export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*['"][^'"]+['"];?/gm,
      '',
    )
    return code !== '' && rest.trim() === ''
  })
  expect(barrels.map(([path]) => path)).toEqual([])
})

test('only the command line and the bench, which starts servers, read the environment', () => {
  const readers = [...sources].filter(([path, source]) => {
    const text = source.replaceAll('process.env.NODE_ENV', '')
    return /process\.env|Bun\.env|import\.meta\.env/.test(text) && !/^(cli|bench)\//.test(path)
  })
  expect(readers.map(([path]) => path)).toEqual([])
})

/**
 * What gives or uses a right without a verb's own gate, and who may import it. A verb uses `withRoomLock`, `changeInRoom`, `readRoom`
 * and `actAs`, which ask again when it counts.
 */
const guarded: Record<string, string[]> = {
  writer: [
    ...['rooms/lock.ts', 'rooms/join.ts', 'rooms/membership.ts', 'rooms/create.ts', 'rooms/change.ts'],
    'messages/send.ts',
    ...[
      'directs/open.ts',
      'avatars/room.ts',
      'invites/accept.ts',
      'log/link-old.ts',
      'rooms/invitation.ts',
      'signup/signup.ts',
      'webhooks/webhook.ts',
      'erasure/erase.ts',
      'retention/expire.ts',
    ],
    'server.ts',
    // These listen to what is written.
    'search/indexer.ts',
    // With the gates of several people, each asked again.
    'files/space.ts',
    'previews/start.ts',
  ],
  // Each asks the gate first and a pass, or in the same tick, afterwards.
  accessRoom: [
    ...['rooms/lock.ts', 'rooms/join.ts', 'rooms/members.ts', 'messages/send.ts', 'typing/commands.ts'],
    'search/readable.ts',
    ...['webhooks/post.ts', 'outgoing/right.ts', 'sockets.ts'],
  ],
  // The operator, and what ends because an account or a webhook does; a sign-up is let in by its invite.
  passOfServer: [
    'rooms/change.ts',
    'avatars/room.ts',
    'signup/signup.ts',
    'webhooks/webhook.ts',
    'erasure/erase.ts',
    'retention/expire.ts',
  ],
  operatorsPass: [
    'log/link-old.ts',
    'rooms/access.ts',
    'rooms/create-as-operator.ts',
    'rooms/defaults.ts',
    'webhooks/post.ts',
    'outgoing/right.ts',
  ],
}

test.each(Object.entries(guarded))('%s is imported only by the listed files', (name, allowed) => {
  const importers = imports
    .filter(({ line }) => new RegExp(`\\{[^}]*(?<!type )\\b${name}\\b`).test(line))
    .map(({ from }) => from.replace('features/', ''))
  expect(importers.sort()).toEqual(allowed.toSorted())
})
