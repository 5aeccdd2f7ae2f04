import { expect, test } from 'bun:test'
import { makeKey } from '../../src/crypto/keyring.ts'
import { people } from '../../src/features/auth/people.ts'
import { introduceKey } from '../../src/features/log/key-check.ts'
import { countSealed, exchangeBodies } from '../../src/features/log/sealed.ts'
import { writer } from '../../src/features/log/writer.ts'
import { passOfServer } from '../../src/features/rooms/access.ts'
import type { Caller } from '../../src/operator/operation.ts'
import { rotateKeys } from '../../src/operator/rotate.ts'
import type { Tools } from '../../src/scope.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Frame, type Person, rest, socketOf, waitFor } from '../support/client.ts'
import { onBothDatabases, startServer, type TestServer } from '../support/server.ts'
import { fill, freshPlace, withTools } from './community.ts'

const caller = (): Caller => ({ report() {}, write: async () => {}, signal: new AbortController().signal })

/** Says so much in one breath, and answers the seqs. */
async function append(tools: Tools, user: string, room: string, texts: string[]): Promise<number[]> {
  const actor = (await people(tools).find(user))!
  const [found] = await tools.sql.query<{ key: number; id: string; epoch: string }>(
    'select key, id, epoch from rooms where id = $1 and deleted_at is null',
    [room],
  )
  const answers = await Promise.all(
    texts.map((text) => writer(tools).append(passOfServer(found!), { kind: 'message.created', actor, text })),
  )
  return answers.map(({ seq }) => seq)
}

const say = ({ tools }: TestServer, { id }: Person, room: string, texts: string[]) =>
  append(tools, id, room, texts)

const failures = async (tools: Tools): Promise<number> =>
  Number(/^parley_decrypt_failures_total\{.*\} (\d+)/m.exec(tools.metrics.text())?.[1] ?? 0)

const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `message ${n}`)

await onBothDatabases((database) => {
  const embedded = database === 'embedded'

  /** A server with a room of old texts, ready to rotate: with the embedded database its keys are its own. */
  async function scene(count: number) {
    const [old, fresh] = [makeKey(), makeKey()]
    const server = await startServer({
      database,
      settings: { ENCRYPTION_KEY: embedded ? '' : old },
    })
    const people = await cast(server)
    const { ben, cleo, dan } = people
    const room = await makeRoom(server, ben, [cleo, dan])
    const seqs = await say(server, ben, room, numbered(count))
    if (!embedded) await server.restart({ ENCRYPTION_KEY: `${fresh},${old}` })
    return { server, ...people, room, seqs, fresh, ring: `${fresh},${old}` }
  }

  test('sending, editing, deleting and reading go on during a rotation, over REST and on sockets', async () => {
    const { server, ben, cleo, dan, room, seqs } = await scene(1_500)
    const { epoch } = (await rest(server, ben).get(`/rooms/${room}`)).body
    const expected = new Map<number, string | null>(seqs.map((seq, n) => [seq, `message ${n}`]))
    /** What a message may show: what it was, or what it is being made to be. */
    const may = new Map<number, Set<string | null>>(
      [...expected].map(([seq, text]) => [seq, new Set([text])]),
    )
    const will = (seq: number, text: string | null) =>
      (may.get(seq) ?? may.set(seq, new Set()).get(seq)!).add(text)
    const wrong: Frame[] = []
    const check = (message: Frame) => {
      const shown = message.deleted_at ? null : message.content
      if (message.damaged || !may.get(message.seq)?.has(shown)) wrong.push(message)
    }
    let over = false
    let rounds = 0
    const until = async (work: () => Promise<unknown>) => {
      while (!over) {
        await work()
        rounds++
      }
    }

    const talker = await socketOf(server, ben)
    const listener = await socketOf(server, cleo)
    await listener.ask({ type: 'room.subscribe', room })
    let sent = 0
    const sending = async () => {
      const content = `live ${sent++}`
      const { data } = await talker.ask({ type: 'message.send', room, content })
      will(data.seq, content)
      expected.set(data.seq, content)
    }
    const beingChanged = new Set<number>()
    const changing = async () => {
      const seq = seqs[Math.floor(Math.random() * seqs.length)]!
      if (expected.get(seq) === null || beingChanged.has(seq)) return
      beingChanged.add(seq)
      const text = Math.random() < 0.3 ? null : `edit ${Math.random()}`
      will(seq, text)
      const path = `/rooms/${room}/messages/${seq}`
      const { status } =
        text === null
          ? await rest(server, ben).delete(path)
          : await rest(server, ben).patch(path, { content: text })
      expect(status).toBeLessThan(300)
      expected.set(seq, text)
      beingChanged.delete(seq)
    }
    const reading = async () => {
      const after = Math.floor(Math.random() * seqs.length)
      const { status, body } = await rest(server, dan).get(`/rooms/${room}/messages?after=${after}&limit=60`)
      expect(status).toBe(200)
      // A message may be read before its sender has heard that it is stored.
      for (const message of body.items) if (!message.content.startsWith('live')) check(message)
    }
    const resuming = async () => {
      const socket = await socketOf(server, dan)
      const since = { epoch, seq: seqs.length - Math.floor(Math.random() * 400) }
      const { data } = await socket.ask({ type: 'room.subscribe', room, since })
      expect([data.mode, data.events.length > 0]).toEqual(['replay', true])
      wrong.push(...data.events.filter(({ message }: Frame) => message?.damaged))
      await socket.close()
    }

    const others = [sending, changing, changing, reading, resuming].map(until)
    await waitFor('the talk is under way', () => rounds > 20)
    const before = rounds
    const outcome = await rotateKeys(server.tools, {}, caller())
    expect(rounds - before).toBeGreaterThan(100)
    over = true
    await Promise.all(others)

    const { current, older } = server.tools.policy.keyring
    expect(outcome.data).toMatchObject({ key: current.id, damaged: [], came: 0 })
    expect(wrong).toEqual([])
    expect(await failures(server.tools)).toBe(0)
    expect([...(await countSealed(server.tools.sql)).keys()]).toEqual([current.id])
    expect(older.length).toBe(embedded ? 0 : 1)

    const lines = listener.heard('message.created').map(({ seq, message }) => [seq, message.content])
    expect(lines).toEqual([...expected].filter(([seq]) => seq > seqs.at(-1)!))
    const shown = new Map<number, string | null>()
    for (let after: number | undefined = 0; after !== undefined; ) {
      const { body } = await rest(server, dan).get(`/rooms/${room}/messages?after=${after}&limit=100`)
      for (const each of body.items) shown.set(each.seq, each.deleted_at ? null : each.content)
      after = body.next
    }
    expect(shown).toEqual(expected)
    await talker.close()
    await listener.close()
    await server.stop()
  })

  test('a message that is deleted while it is sealed again stays deleted', async () => {
    const { server, ben, room, seqs } = await scene(3)
    const { sql } = server.tools
    const [row] = await sql.query<{ roomKey: number; seq: number; body: string }>(
      `select room_key as "roomKey", seq, body from log where body is not null and seq = $1 order by 1 desc limit 1`,
      [seqs[1]],
    )
    await rest(server, ben).delete(`/rooms/${room}/messages/${seqs[1]}`)
    expect(await exchangeBodies(sql, [{ ...row!, fresh: 'a text that came back' }])).toBe(0)
    const [after] = await sql.query<{ body: string | null }>(
      'select body from log where room_key = $1 and seq = $2',
      [row!.roomKey, row!.seq],
    )
    expect(after!.body).toBeNull()
    await server.stop()
  })

  test('an interrupted rotation loses nothing, and the next one continues with the same key', async () => {
    const { server, ben, room, seqs } = await scene(1_000)
    const leaving = new AbortController()
    const report: Caller['report'] = ({ done }) => {
      if (done >= 300) leaving.abort()
    }
    const first = rotateKeys(server.tools, {}, { ...caller(), report, signal: leaving.signal })
    await expect(rotateKeys(server.tools, {}, caller())).rejects.toMatchObject({ reason: 'keys_rotating' })
    await expect(first).rejects.toThrow('abort')
    const { current, older } = server.tools.policy.keyring
    const counts = await countSealed(server.tools.sql)
    expect([current.id, older[0]!.id].map((id) => counts.get(id)! > 0)).toEqual([true, true])
    await post(server, ben, room, 'in between')

    const { data } = await rotateKeys(server.tools, {}, caller())
    expect(data).toMatchObject({ key: current.id, resealed: counts.get(older[0]!.id) })
    expect([...(await countSealed(server.tools.sql))]).toEqual([[current.id, seqs.length + 1]])
    await server.stop()
  })

  test('the progress is reported up to the end', async () => {
    const { server } = await scene(500)
    const reported: number[][] = []
    const report: Caller['report'] = ({ done, total }) => void reported.push([done, total!])
    await rotateKeys(server.tools, {}, { ...caller(), report })
    expect(reported[0]).toEqual([0, 500])
    expect(reported.at(-1)).toEqual([500, 500])
    expect(reported.map(([done]) => done)).toEqual(
      reported.map(([done]) => done).toSorted((one, other) => one! - other!),
    )
    await server.stop()
  })
})

test('on Postgres a rotation skips a locked entry and seals it in a later round', async () => {
  const server = await startServer({ database: 'postgres' })
  const { ben } = await cast(server)
  const room = await makeRoom(server, ben)
  const [seq] = await say(server, ben, room, ['held'])
  const { sql } = server.tools
  const where = `where seq = ${seq} and body is not null`
  const [row] = await sql.query<{ roomKey: number; seq: number; body: string }>(
    `select room_key as "roomKey", seq, body from log ${where}`,
  )
  await sql.transaction(async ({ query }) => {
    await query(`select 1 from log ${where} for update`)
    expect(await exchangeBodies(sql, [{ ...row!, fresh: 'x' }])).toBe(0)
  })
  expect(await exchangeBodies(sql, [{ ...row!, fresh: 'x' }])).toBe(1)
  await server.stop()
})

test('a node that still seals with the old key is noticed, and the old key is not said to be free', async () => {
  const { env, remove } = await freshPlace('postgres')
  const [old, fresh] = [makeKey(), makeKey()]
  await withTools({ ...env, ENCRYPTION_KEY: old }, async (forgotten) => {
    await fill(forgotten, 300)
    const ben = (await people(forgotten).findByName('ben'))!
    let over = false
    const talking = (async () => {
      for (let n = 0; !over; n++) await append(forgotten, ben.id, 'harbour', [`still ${n}`])
    })()
    await withTools({ ...env, ENCRYPTION_KEY: `${fresh},${old}` }, async (node) => {
      await introduceKey(node.sql, node.policy.keyring)
      const { data, lines } = await rotateKeys(node, {}, caller()).finally(() => {
        over = true
      })
      expect(data).toMatchObject({ dropped: [], kept: [old.split(':')[0]], damaged: [] })
      expect((data as { came: number }).came).toBeGreaterThan(0)
      expect(lines.join()).toContain('some node still runs with another first key')
      await talking
      expect((await rotateKeys(node, {}, caller())).data).toMatchObject({ damaged: [], came: 0 })
    })
  })
  await remove()
})
