import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { freePort } from '../free-port.ts'
import type { Processes, Program } from '../processes.ts'

export type OwnPostgres = {
  port: number
  /** Ends all sessions of the database; returns how many. */
  endSessions(): Promise<number>
  /** Stops it without a checkpoint and without waiting for anybody. Returns its exit code. */
  stopHard(): Promise<number>
  /** Resolves when it answers, with the time since when it runs. */
  start(): Promise<string>
}

const patienceMs = 60_000

/** The directory of the newest installed Postgres, 15 or newer. */
export function postgresPrograms(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).map(Number) : []
  const installed = versions
    .filter((version) => version >= 15)
    .sort((a, b) => b - a)
    .map((version) => join(root, String(version), 'bin'))
  const onPath = Bun.which('initdb')
  return [...installed, ...(onPath ? [join(onPath, '..')] : [])].find(
    (programs) => existsSync(join(programs, 'initdb')) && existsSync(join(programs, 'postgres')),
  )
}

/** A new Postgres with an empty database `parley`, in this directory, on a free port of 127.0.0.1. */
export async function openPostgres(
  processes: Processes,
  programs: string,
  directory: string,
): Promise<OwnPostgres> {
  // Postgres refuses to run as root.
  const isRoot = process.getuid?.() === 0
  const asOther = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []
  if (isRoot) await finished(processes.launch(['chown', 'postgres:postgres', directory], 'SIGKILL'), 'chown')
  const cluster = join(directory, 'cluster')
  const initdb = [...asOther, join(programs, 'initdb'), '-D', cluster, '-U', 'postgres', '-A', 'trust']
  await finished(
    processes.launch([...initdb, '-E', 'UTF8', '--no-sync', '--no-instructions'], 'SIGKILL'),
    'initdb',
  )
  const port = await freePort()
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${directory}`,
    `port=${port}`,
    'max_connections=200',
  ]
  const command = [...asOther, join(programs, 'postgres'), '-D', cluster]
  for (const each of settings) command.push('-c', each)
  let program: Program | undefined

  async function ask<Row>(text: string, database = 'parley'): Promise<Row[]> {
    const sql = postgres(`postgres://postgres@127.0.0.1:${port}/${database}`, {
      max: 1,
      connect_timeout: 5,
      fetch_types: false,
      onnotice: () => undefined,
    })
    try {
      return (await sql.unsafe(text)) as unknown as Row[]
    } finally {
      await sql.end({ timeout: 1 })
    }
  }

  async function start(): Promise<string> {
    program = processes.launch(command, 'SIGQUIT')
    const deadline = performance.now() + patienceMs
    for (;;) {
      try {
        const query = 'select pg_postmaster_start_time()::text as since'
        const [row] = await ask<{ since: string }>(query, 'postgres')
        return row!.since
      } catch (error) {
        if (performance.now() > deadline) throw error
        await Bun.sleep(50)
      }
    }
  }

  await start()
  await ask('create database parley', 'postgres')
  return {
    port,
    async endSessions() {
      const [row] = await ask<{ count: number }>(
        `select count(pg_terminate_backend(pid))::int as count from pg_stat_activity
         where datname = 'parley' and pid <> pg_backend_pid()`,
      )
      return row!.count
    },
    async stopHard() {
      program!.signal('SIGQUIT')
      return program!.exited
    },
    start,
  }
}

async function finished({ exited, said }: Program, name: string): Promise<void> {
  if ((await exited) !== 0) throw new Error(`${name} failed: ${await said}`)
}
