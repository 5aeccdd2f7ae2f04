import postgres from 'postgres'

export type DatabaseKind = 'embedded' | 'postgres'

/** New databases for one run, one for Parley and one for the limit. `close` removes them. */
export type Place = {
  kind: DatabaseKind
  /** The settings of the server. */
  env: Record<string, string>
  /** The environment of the limit, with its database. */
  limitEnv: Record<string, string>
  close(): Promise<void>
}

const secret = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')

const quiet = { HOST: '127.0.0.1', PORT: '0', RATE_LIMITS: 'off', LOG_LEVEL: 'warn', METRICS: 'loopback' }

export function embeddedPlace(directory: string): Place {
  return {
    kind: 'embedded',
    env: { ...quiet, DATA_DIR: `${directory}/parley` },
    limitEnv: { DATA_DIR: `${directory}/limit` },
    close: async () => undefined,
  }
}

/** Creates its own databases on that server and does not touch the others. */
export async function postgresPlace(url: string, directory: string): Promise<Place> {
  const names = ['parley', 'limit'].map((who) => `bench_${who}_${process.pid}_${Date.now().toString(36)}`)
  const [parley, limit] = names.map((name) => {
    const address = new URL(url)
    address.pathname = `/${name}`
    return address.href
  })
  for (const name of names) await administer(url, `create database ${name}`)
  return {
    kind: 'postgres',
    env: {
      ...quiet,
      DATA_DIR: `${directory}/postgres`,
      DATABASE_URL: parley!,
      SECRET_KEY: secret(),
      ENCRYPTION_KEY: secret(),
    },
    limitEnv: { DATABASE_URL: limit! },
    async close() {
      for (const name of names) await administer(url, `drop database if exists ${name} with (force)`)
    },
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
