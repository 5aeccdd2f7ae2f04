import { describe, expect, test } from 'bun:test'
import { readCut } from '../../src/archive/cut.ts'
import type { Line } from '../../src/archive/format.ts'
import { restore } from '../../src/archive/restore.ts'
import { describeRing } from '../../src/archive/ring.ts'
import { migrations } from '../../src/storage/migrations.ts'
import { cast, makeRoom, post, postMany } from '../support/cast.ts'
import { type Person, rest, waitFor } from '../support/client.ts'
import { type Database, onBothDatabases, startServer, type TestServer } from '../support/server.ts'
import { contentsOf, emptyTarget } from './support.ts'

/** Reads a server into an empty database; `meanwhile` says what is done after which page of a table. */
async function moved(server: TestServer, meanwhile: Record<string, () => Promise<unknown>>) {
  const { keyring } = server.tools.policy
  const lines: Line[] = [{ ring: describeRing(keyring, true) }]
  const rows: Record<string, number> = {}
  const pages: Record<string, number> = {}
  const done: string[] = []
  await readCut(server.tools.sql, {
    async rows(table, found) {
      for (const row of found) lines.push({ table, row })
      rows[table] = (rows[table] ?? 0) + found.length
      pages[table] = (pages[table] ?? 0) + 1
      const page = `${table} ${pages[table]}`
      await meanwhile[page]?.()
      done.push(page)
    },
    forget: async (table, values) => void lines.push({ forget: table, row: JSON.stringify(values) }),
    counters: async (counters) => void lines.push({ end: { rows, counters } }),
  })
  expect(Object.keys(meanwhile).filter((page) => !done.includes(page))).toEqual([])
  const target = await emptyTarget('embedded')
  const { when, tag } = migrations.at(-1)!
  const header = { program: 'test', at: 'now', database: server.tools.sql.kind, schema: { when, tag } }
  await restore(
    target.storage,
    {
      header,
      lines: (async function* () {
        yield* lines
      })(),
    },
    { keyring: target.keyring, offered: [], replace: false, loaded: () => {} },
  )
  return target
}

async function talk(server: TestServer, room: string, people: Person[], messages: number): Promise<void> {
  for (const person of people) await post(server, person, room, 'Hello')
  await postMany(
    server,
    people,
    room,
    Array.from({ length: messages }, (_, index) => `No ${index}`),
  )
}

describe('a backup of the embedded database while people talk', () => {
  test('is one moment: entries that changed after they were read appear in their last state', async () => {
    const server = await startServer()
    const { ada, ben, cleo } = await cast(server)
    const as = (person: Person) => rest(server, person)
    const first = await makeRoom(server, ben, [cleo, ada])
    const second = await makeRoom(server, cleo, [ben])
    const doomed = await makeRoom(server, ben, [cleo])
    await talk(server, first, [ben], 520)
    await talk(server, second, [cleo], 50)
    await talk(server, doomed, [ben], 50)
    const message = (seq: number) => `/rooms/${first}/messages/${seq}`
    await as(ben).patch(message(10), { content: 'Edited, and soon deleted' })
    await as(cleo).put(`${message(12)}/reactions/👍`)
    await as(cleo).put(`${message(13)}/reactions/👍`)

    const target = await moved(server, {
      'log 1': async () => {
        await as(ben).delete(message(10))
        await as(ben).patch(message(11), { content: 'Edited meanwhile' })
        await as(cleo).delete(`${message(12)}/reactions/👍`)
        await as(cleo).put(`${message(14)}/reactions/🎉`)
        await as(ben).put(`/rooms/${first}/pins/15`)
      },
      'log 2': async () => {
        await as(ben).patch(message(11), { content: 'And again' })
        await talk(server, second, [ben], 50)
        const fresh = await makeRoom(server, cleo, [ben])
        await post(server, cleo, fresh, 'In a room that was not there')
      },
      // They have been read by now.
      'reactions 1': async () => {
        await as(cleo).delete(`${message(13)}/reactions/👍`)
        await as(ben).delete(message(14))
        await as(ada).put('/users/cleo/roles/admin')
        await as(ben).delete(`/rooms/${doomed}`)
        await waitFor('nothing is left of the room', async () => {
          // The title goes last.
          const left = await server.tools.sql.query("select 1 from rooms where id = $1 and title <> ''", [
            doomed,
          ])
          return left.length === 0
        })
      },
    })
    expect(await contentsOf(target.storage, target.keyring)).toEqual(
      await contentsOf(server.tools.sql, server.tools.policy.keyring),
    )
    await target.close()
    await server.stop()
  })
})

await onBothDatabases((database: Database) => {
  test('people go on sending, editing and deleting, and the backup is consistent', async () => {
    const server = await startServer({ database })
    const { ada, ben, cleo } = await cast(server)
    const people = [ada, ben, cleo]
    const room = await makeRoom(server, ada, [ben, cleo])
    await talk(server, room, people, 2000)
    let over = false
    let acts = 0
    const busy = people.map(async (person, index) => {
      const as = rest(server, person)
      for (let seq = 4 + index; !over; seq += 3) {
        const at = `/rooms/${room}/messages/${seq}`
        await post(server, person, room, 'Meanwhile')
        await as.put(`${at}/reactions/👍`)
        await as.patch(at, { content: 'Changed' })
        if (seq % 2 === 0) await as.delete(`${at}/reactions/👍`)
        if (seq % 3 === 0) await as.delete(at)
        acts++
      }
    })
    await waitFor('some have acted', () => acts > 20)
    const before = acts
    const pause = () => Bun.sleep(50)
    const target = await moved(server, { 'log 1': pause, 'log 2': pause, 'log 3': pause, 'log 4': pause })
    over = true
    await Promise.all(busy)
    expect(acts).toBeGreaterThan(before)

    const { log, reactions } = await contentsOf(target.storage, target.keyring)
    const entries = log!.filter(({ room_key }) => room_key === log!.at(-1)!.room_key)
    expect(entries.length).toBeGreaterThan(2000)
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1))
    // Built again from its events alone, every message is as its row says.
    const texts = new Map<unknown, { text: unknown; edited: unknown }>()
    const reacted = new Set<string>()
    for (const { seq, kind, target, body, actor_id } of entries) {
      if (kind === 1) texts.set(seq, { text: body, edited: null })
      if (kind === 2) texts.get(target)!.edited = seq
      if (kind === 3) texts.set(target, { text: null, edited: null })
      if (kind === 3) for (const each of [...reacted]) if (each.startsWith(`${target} `)) reacted.delete(each)
      if (kind === 4) reacted.add(`${target} ${actor_id}`)
      if (kind === 5) reacted.delete(`${target} ${actor_id}`)
    }
    for (const { seq, kind, body, edited_seq } of entries) {
      if (kind === 1)
        expect([seq, body, edited_seq]).toEqual([seq, texts.get(seq)!.text, texts.get(seq)!.edited])
    }
    const gone = new Set(entries.filter(({ kind }) => kind === 3).map(({ target }) => target))
    expect(gone.size).toBeGreaterThan(0)
    expect(
      entries.filter(({ kind, target, body }) => kind === 2 && gone.has(target) && body !== null),
    ).toEqual([])
    expect(reactions!.map(({ seq, user_id }) => `${seq} ${user_id}`).sort()).toEqual([...reacted].sort())
    await target.close()
    await server.stop()
  })
})
