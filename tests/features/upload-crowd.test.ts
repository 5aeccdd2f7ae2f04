import { afterEach, expect, test } from 'bun:test'
import { beginUpload, endUpload } from '../../src/features/files/space.ts'
import { knownRooms } from '../../src/features/rooms/known.ts'
import { ChatError } from '../../src/protocol/errors.ts'
import { violation } from '../../src/storage/errors.ts'
import { makeRoom } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { statementsOf } from '../support/statements.ts'
import { meet } from './listener.ts'

type Upload = { id: string; user: string; announced: number; bytes: number; clientId?: string }

const reasonOf = (outcome: PromiseSettledResult<void>): string =>
  outcome.status === 'fulfilled'
    ? 'stored'
    : (outcome.reason.reason ?? violation(outcome.reason)?.constraint ?? String(outcome.reason))

// During the transactions of uploads that ended together, each its own, nobody's message was stored.
await onBothDatabases((database) => {
  const at = serverFor({ database, settings: { FILES_PER_USER: '100000' } }, async (server) => {
    const people = (await meet(server, 'ben', 'cleo')) as [Person, Person]
    const room = await makeRoom(server, people[0], [people[1]])
    const known = (await knownRooms(server.tools).find(room))!
    const ids = await Promise.all(
      people.map(async (person) => (await rest(server, person).get('/users/me')).body.id as string),
    )
    return { known, ben: ids[0]!, cleo: ids[1]! }
  })

  async function each(uploads: Upload[], act: (upload: Upload) => Promise<void>) {
    const before = statementsOf(at().server)
    const outcomes = (await Promise.allSettled(uploads.map(act))).map(reasonOf)
    return { outcomes, statements: statementsOf(at().server) - before }
  }

  const begin = ({ id, user, announced, clientId = id }: Upload): Promise<void> => {
    const about = { id, userId: user, roomKey: at().known.key, clientId, createdAt: new Date() }
    const row = { ...about, purpose: 'message', state: 'uploading', bytes: announced } as const
    return beginUpload(at().server.tools, { row, payer: user })
  }

  /** Who has lost the right to write meanwhile: `lost` at once, `later` when it has been read. */
  const gates: Record<string, () => undefined | Promise<never>> = {
    lost: () => {
      throw new ChatError('not_a_member')
    },
    later: () => Promise.reject(new ChatError('room_not_found')),
  }

  const end = ({ id, user, announced, bytes }: Upload): Promise<void> =>
    endUpload(at().server.tools, {
      arrived: { id, payer: user, announced, bytes, sealed: id },
      pass: { room: at().known, recheck: () => gates[id]?.() },
    })

  afterEach(() => at().server.tools.sql.query('delete from files'))

  test('uploads that begin or end together do it in one transaction, and each gets what there is', async () => {
    const { server, ben, cleo } = at()
    const bens = Array.from({ length: 13 }, (_, n) => ({
      id: `b${n}`,
      user: ben,
      announced: 8000,
      bytes: 8000,
    }))
    const cleos = Array.from({ length: 4 }, (_, n) => ({
      id: `c${n}`,
      user: cleo,
      announced: 0,
      bytes: 30_000,
    }))
    const begun = await each([...bens, ...cleos], begin)
    expect(begun.outcomes).toEqual([...Array(12).fill('stored'), 'files_full', ...Array(4).fill('stored')])
    // Three for each upload in transactions of their own.
    expect(begun.statements).toBeLessThan(bens.length + cleos.length)

    await server.tools.sql.query(`update files set state = 'removed' where id = 'b2'`)
    const ended = await each([...bens.slice(0, 12), ...cleos], end)
    expect(ended.outcomes).toEqual([
      ...['stored', 'stored', 'upload_cut', ...Array(9).fill('stored')],
      ...['stored', 'stored', 'stored', 'files_full'],
    ])
    expect(ended.statements).toBeLessThan(bens.length + cleos.length)
  })

  test('an upload that the database refuses does not fail the others', async () => {
    const { ben } = at()
    const small = (id: string, clientId: string) => ({ id, user: ben, announced: 10, bytes: 10, clientId })
    const uploads = [small('first', 'same'), small('second', 'same'), small('third', 'other')]
    expect((await each(uploads, begin)).outcomes).toEqual(['stored', 'stored', 'stored'])
    expect((await each(uploads, end)).outcomes).toEqual(['stored', 'files_client', 'stored'])
  })

  test('nor one whose author may not write in the room any more', async () => {
    const { server, ben } = at()
    const uploads = ['one', 'lost', 'later', 'two'].map((id) => ({ id, user: ben, announced: 10, bytes: 10 }))
    await each(uploads, begin)
    expect((await each(uploads, end)).outcomes).toEqual([
      'stored',
      'not_a_member',
      'room_not_found',
      'stored',
    ])
    const ready = await server.tools.sql.query(`select id from files where state = 'ready' order by id`)
    expect(ready).toEqual([{ id: 'one' }, { id: 'two' }])
    expect((await each(uploads.slice(1, 2), end)).outcomes).toEqual(['not_a_member'])
  })
})
