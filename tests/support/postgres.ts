import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { freePort } from '../../src/bench/free-port.ts'
import { patienceMs } from './patience.ts'

export type PostgresForTests = { url: string }

/**
 * A Postgres for tests: TEST_DATABASE_URL, or the one of this machine that lets user postgres in, or one of our own
 * from installed binaries. Undefined, after a line that cannot be overlooked, where there is none at all.
 */
export function postgresForTests(): Promise<PostgresForTests | undefined> {
  shared ??= findPostgres()
  return shared
}

/** One for all files of tests in this process: a new cluster costs more than most of them. */
let shared: Promise<PostgresForTests | undefined> | undefined

async function findPostgres(): Promise<PostgresForTests | undefined> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return { url: given }
  const local = 'postgres://postgres@127.0.0.1:5432/postgres'
  if (await answers(local)) return { url: local }
  const own = await startPostgres()
  if (own) {
    process.on('exit', own.end)
    return own
  }
  console.error(
    '\n!!! NO POSTGRES HERE: the tests of the Postgres storage were NOT RUN. ' +
      'Set TEST_DATABASE_URL, or install postgresql (15 or newer). !!!\n',
  )
  return undefined
}

export type FreshDatabase = { url: string; drop(): Promise<void> }

/**
 * A database of its own name on the Postgres for tests, empty or a copy of `template`; `drop` removes it. Undefined where there
 * is no Postgres.
 */
export async function freshDatabase(template?: string): Promise<FreshDatabase | undefined> {
  const server = await postgresForTests()
  if (!server) return undefined
  const name = `parley_test_${process.pid}_${crypto.randomUUID().slice(0, 8)}`
  await administer(server.url, `create database ${name}${template ? ` template ${template}` : ''}`)
  return {
    url: databaseAt(server, name),
    async drop() {
      await administer(server.url, `drop database if exists ${name} with (force)`)
    },
  }
}

/** The address of a database of this name. */
export function databaseAt(server: PostgresForTests, name: string): string {
  const url = new URL(server.url)
  url.pathname = `/${name}`
  return url.href
}

export type OwnPostgres = PostgresForTests & {
  port: number
  /** The postmaster and its children, for kill, SIGSTOP and SIGCONT. */
  signal(signal: NodeJS.Signals): void
  /** Starts it again on the same directory and port after it was killed. */
  restart(): Promise<void>
  /** Ends it without waiting, and removes its directory. */
  end(): void
  stop(): Promise<void>
}

/** A server of our own that a test may stop, freeze and kill. Undefined without installed binaries. */
export async function startPostgres(place = tmpdir()): Promise<OwnPostgres | undefined> {
  const bin = binaries()
  if (!bin) return undefined
  const directory = mkdtempSync(join(place, 'parley-postgres-'))
  const cluster = join(directory, 'cluster')
  const asPostgres =
    process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []
  if (asPostgres.length > 0) Bun.spawnSync(['chown', 'postgres:postgres', directory])
  const initdb = [
    ...asPostgres,
    join(bin, 'initdb'),
    '-D',
    cluster,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
  ]
  const made = Bun.spawnSync([...initdb, '--no-sync', '--no-instructions'], { cwd: directory })
  if (made.exitCode !== 0) throw new Error(`initdb failed: ${made.stderr.toString()}`)

  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const command = [...asPostgres, join(bin, 'postgres'), '-D', cluster, '-p', String(port)]
  // Ten nodes have more connections than the 100 of the default.
  const settings = [
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${directory}`,
    '-c',
    'max_connections=200',
  ]
  const launch = () =>
    Bun.spawn([...command, ...settings], { cwd: directory, stdio: ['ignore', 'ignore', 'ignore'] })
  let server = launch()
  await until(() => answers(url))
  const end = () => {
    signalTree(server.pid, 'SIGCONT')
    server.kill('SIGQUIT')
    rmSync(directory, { recursive: true, force: true })
  }

  return {
    url,
    port,
    signal: (signal) => signalTree(server.pid, signal),
    async restart() {
      await server.exited
      server = launch()
      await until(() => answers(url))
    },
    end,
    async stop() {
      end()
      await server.exited
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Backends are in process groups of their own, so they are found as children. */
function signalTree(pid: number, signal: NodeJS.Signals): void {
  const children = Bun.spawnSync(['ps', '-o', 'pid=', '--ppid', String(pid)])
    .stdout.toString()
    .split(/\s+/)
  for (const child of [pid, ...children.filter(Boolean).map(Number)]) {
    try {
      process.kill(child, signal)
    } catch {
      // Gone already.
    }
  }
}

function binaries(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root)
    ? readdirSync(root)
        .map(Number)
        .filter((version) => version >= 15)
    : []
  const newest = versions.sort((a, b) => b - a).map((version) => join(root, String(version), 'bin'))
  const onPath = Bun.which('initdb')
  return [...newest, ...(onPath ? [join(onPath, '..')] : [])].find((bin) => existsSync(join(bin, 'initdb')))
}

async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, fetch_types: false, onnotice: () => undefined })
  try {
    await sql`select 1`
    return true
  } catch {
    return false
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => undefined })
  try {
    await sql.unsafe(statement)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function until(fact: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (!(await fact())) {
    if (Date.now() > deadline) throw new Error('Postgres did not start')
    await Bun.sleep(50)
  }
}
