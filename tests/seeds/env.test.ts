import { expect, test } from 'bun:test'
import { ConfigError, readConfig } from '../../src/config.ts'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'

/** Which names of a .env Parley refuses; it passes over the names that it does not know. */
function refusedIn(env: Record<string, string>): string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.split(' ')[0]!)
    throw error
  }
}

test('the .env of each README: which names are the same, which values are refused, and what is passed over', () => {
  const secrets = { SECRET_KEY: randomToken(32), ENCRYPTION_KEY: makeKey() }
  const ofSeeds: [Record<string, string>, string[]][] = [
    [
      {
        ...{ SERVICE_PORT: '8003', DATABASE_URL: 'postgresql://postgres:ramesh@localhost:5432/chatapp' },
        ...{
          DATABASE_HOST: 'localhost',
          DATABASE_PORT: '5432',
          DATABASE_USER: 'postgres',
          CHUNK_SIZE: '512',
        },
        ...{ DATABASE_NAME: 'chatapp', DATABASE_PASSWORD: 'ramesh' },
      },
      [],
    ],
    [{ DB_URL: 'mongodb://localhost:27017', DB_NAME: 'chat_app', ALGORITHM: 'HS256' }, []],
    [
      {
        SECRET_KEY: 'your-secret-key-change-this-in-production',
        ENCRYPTION_KEY: 'your-encryption-key-change-this-in-production',
      },
      ['SECRET_KEY', 'ENCRYPTION_KEY'],
    ],
    [
      {
        ...{ APP_NAME: 'Chat Application API', APP_VERSION: '1.0.0', DEBUG: 'False', ALGORITHM: 'HS256' },
        ...{ HOST: '0.0.0.0', PORT: '8000', ACCESS_TOKEN_EXPIRE_MINUTES: '30', LOG_LEVEL: 'INFO' },
        DATABASE_URL: 'postgresql+psycopg2://postgres:root@localhost:5432/chat_db',
        ...{ CORS_ORIGINS: '["*"]', CORS_ALLOW_CREDENTIALS: 'True' },
      },
      ['DATABASE_URL', 'CORS_ORIGINS'],
    ],
  ]
  for (const [env, refused] of ofSeeds)
    expect([env, refusedIn({ ...secrets, ...env })]).toEqual([env, refused])
})

test('no other origin may call by default, and all of them never', () => {
  expect(readConfig({}).corsOrigins).toEqual([])
  expect(refusedIn({ CORS_ORIGINS: '*' })).toEqual(['CORS_ORIGINS'])
})
