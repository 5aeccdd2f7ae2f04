import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import postgres from 'postgres'
import { readConfig } from '../../../src/config.ts'
import { makeKey } from '../../../src/crypto/keyring.ts'
import { randomToken } from '../../../src/crypto/keys.ts'
import { operatorsPass } from '../../../src/features/auth/redeem.ts'
import { createUser } from '../../../src/features/auth/signup.ts'
import { createRoomFor } from '../../../src/features/rooms/create.ts'
import type { KnownRoom } from '../../../src/features/rooms/known.ts'
import { createLog } from '../../../src/log.ts'
import type { Person } from '../../../src/scope.ts'
import { isUnavailable } from '../../../src/storage/errors.ts'
import { closeTools, openTools } from '../../../src/tools.ts'
import { waitFor } from '../../support/client.ts'
import { startPostgres } from '../../support/postgres.ts'
import { listenTo, type Node, say, storedIn } from './nodes.ts'

const server = await startPostgres()
if (!server) console.error('\n!!! NO POSTGRES BINARIES HERE: the test of a lost answer was NOT RUN. !!!\n')

describe.skipIf(!server)('a response of the database that is lost after the commit', () => {
  const admin = postgres(server?.url ?? '', { max: 1, onnotice: () => undefined })
  let node: Node
  let ben: Person
  let room: KnownRoom

  beforeAll(async () => {
    const settings = { SECRET_KEY: randomToken(32), ENCRYPTION_KEY: makeKey(), DATA_DIR: 'unused' }
    const tools = await openTools(
      readConfig({ ...settings, DATABASE_URL: server!.url, RATE_LIMITS: 'off' }),
      createLog({ level: 'silent' }),
    )
    node = listenTo(tools)
    ben = await createUser(tools, { username: 'ben', password: randomToken() })
    room = await createRoomFor(tools, operatorsPass, ben, { id: 'a-room' })
  })
  afterAll(async () => {
    await closeTools(node.tools)
    await admin.end()
    await server!.stop()
  })

  /** A commit that waits for a standby which does not exist is on disk already; only its answer is not given. */
  async function withCommitsUnanswered(during: () => Promise<void>): Promise<void> {
    const standby = async (name: string) => {
      await admin.unsafe(`alter system set synchronous_standby_names = '${name}'`)
      await admin`select pg_reload_conf()`
    }
    await standby('nobody')
    await waitUntilCommitsWait()
    await during()
    await standby('')
  }

  /** The settings are read again in the background. */
  async function waitUntilCommitsWait(): Promise<void> {
    const probe = postgres(server!.url, { max: 1, onnotice: () => undefined })
    const probing = (async () => {
      await probe`create table probe (n int)`
      for (;;) await probe`insert into probe values (1)`
    })().catch(() => undefined)
    await waitFor('a commit that waits', endWaiting)
    await Promise.race([probing, Bun.sleep(500)])
    await probe.end({ timeout: 1 })
  }

  const endWaiting = async (): Promise<boolean> => {
    const ended =
      await admin`select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`
    return ended.length > 0
  }

  test('the message is refused as unavailable, still sent to the room, and stored once when it is sent again', async () => {
    await say(node, room, ben, 'before')
    let refusal: unknown
    await withCommitsUnanswered(async () => {
      const refused = say(node, room, ben, 'lost').catch((error: unknown) => error)
      await waitFor('the waiting commit', endWaiting)
      refusal = await refused
    })
    expect(isUnavailable(refusal)).toBe(true)
    await waitFor('the event', () => node.published(room).some(({ clientId }) => clientId === 'lost'))
    const again = await say(node, room, ben, 'lost')
    expect(again).toMatchObject({ seq: 3, repeated: true })
    expect((await say(node, room, ben, 'after')).seq).toBe(4)
    const log = await storedIn(node, room)
    expect(log.map(({ clientId }) => clientId)).toEqual([null, 'before', 'lost', 'after'])
    expect(node.published(room).map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  })
})
