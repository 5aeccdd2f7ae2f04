import { afterEach, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { apply, isDurable } from '../../src/sdk/apply.ts'
import { createClient } from '../../src/sdk/client.ts'
import type { Frame } from '../../src/sdk/connection.ts'
import { tokenSession } from '../../src/sdk/credentials.ts'
import {
  applyAround,
  applyNewer,
  applyOlderExcerpt,
  applyQuoted,
  withoutExcerpt,
} from '../../src/sdk/excerpt.ts'
import { type DurableEvent, type RoomState, roomOf, type State } from '../../src/sdk/state.ts'
import { fetched, history } from './histories.ts'
import { createModel } from './model.ts'
import { created, message, room, startPeer, until } from './peer.ts'

const part = fc.double({ min: 0, max: 0.999, noNaN: true })
const general = (state: State) => roomOf(state, 'general') as RoomState

describe('an excerpt', () => {
  test('is what a fetch gives, whatever happens while it is read and afterwards, until it is part of the window', () => {
    const split = fc.record({ old: history(), onItsWay: history(20), later: history(20) })
    fc.assert(
      fc.property(split, part, part, (deeds, where, wanted) => {
        const model = createModel()
        const play = (list: typeof deeds.old) => list.flatMap((each) => model.act(each))
        play(deeds.old)
        const all = () => model.page(Number.MAX_SAFE_INTEGER, 1000).items
        const first = 1 + Math.floor(where * (model.head() + 1))
        const seq = 1 + Math.floor(wanted * (model.head() + 1))
        let state = fetched(model, first)
        const window = general(state).messages.length
        const read = { page: { items: all() }, asOf: model.head() }
        const since = play(deeds.onItsWay)
        for (const event of since) state = apply(state, event).state

        const heard = since.filter(isDurable) as DurableEvent[]
        const of = (items: typeof read.page.items, next?: number) => ({
          page: { items, ...(next === undefined ? {} : { next }) },
          asOf: read.asOf,
          since: heard,
        })
        const before = read.page.items.filter((each) => each.seq < seq)
        const from = read.page.items.filter((each) => each.seq >= seq)
        const more = from.length > 3 ? from[2]!.seq : undefined
        state = applyAround(state, 'general', of(before.slice(-3), 1), of(from.slice(0, 3), more))
        for (const event of play(deeds.later)) state = apply(state, event).state

        const now = new Map(all().map((each) => [each.seq, plain(each)]))
        const { excerpt, messages } = general(state)
        for (const each of [...(excerpt?.messages ?? []), ...messages])
          expect(plain(each)).toEqual(now.get(each.seq)!)
        const seqs = messages.map((each) => each.seq)
        expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
        expect(new Set(seqs).size).toBe(seqs.length)
        const isCut = [...deeds.onItsWay, ...deeds.later].some(({ what }) => what === 'expired')
        if (!isCut) expect(messages.length).toBeGreaterThanOrEqual(window)
      }),
      { numRuns: 300 },
    )
  })
})

/** Without `mine`, which each side knows in its own way. */
const plain = ({ reactions, ...rest }: RoomState['messages'][number]) => ({
  ...rest,
  reactions: reactions.map(({ emoji, count }) => ({ emoji, count })),
})

const closing: (() => unknown)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** 300 messages, of which the window has the last ten. */
async function start() {
  const head = 300
  const answer = ({ type, before, after, limit }: Frame) => {
    if (type === 'room.subscribe') {
      const messages = Array.from({ length: 10 }, (_, index) => message(head - 9 + index))
      return { room: 'general', epoch: 'e1', head, mode: 'live', messages }
    }
    if (type !== 'message.list') return undefined
    const low = Number(after ?? 0)
    const high = Math.min(Number(before ?? head + 1), head + 1)
    const seqs = Array.from({ length: Math.max(0, high - low - 1) }, (_, index) => low + 1 + index)
    const forwards = after !== undefined && before === undefined
    const page = forwards ? seqs.slice(0, Number(limit)) : seqs.slice(-Number(limit))
    const next = page.length < seqs.length ? page.at(forwards ? -1 : 0) : undefined
    return { items: page.map((seq) => message(seq)), head, ...(next === undefined ? {} : { next }) }
  }
  const peer = startPeer({ answer, rooms: () => [room(head)] })
  const session = tokenSession({ access_token: 'first', refresh_token: 'r1', expires_in: 900 })
  const client = createClient({ url: peer.url, session, backoff: { minMs: 5, maxMs: 20 } })
  closing.push(client.close, peer.stop)
  client.connect()
  await until(() => client.state.status === 'online')
  await client.room('general').open({ history: 10 })
  const seqs = (list: RoomState['messages'] = []) => [list[0]?.seq, list.at(-1)?.seq, list.length]
  return { peer, client, seqs, now: () => general(client.state) }
}

describe('a message far back', () => {
  test('has the messages around it; paging both ways joins the excerpt to the window', async () => {
    const { client, seqs, now } = await start()
    expect((await client.room('general').around(100, 20))?.seq).toBe(100)
    expect(seqs(now().excerpt?.messages)).toEqual([80, 119, 40])
    expect(seqs(now().messages)).toEqual([291, 300, 10])
    expect(await client.room('general').older(50)).toBe(true)
    expect(seqs(now().excerpt?.messages)).toEqual([30, 119, 90])
    expect(await client.room('general').older(50)).toBe(false)
    expect(now().excerpt?.reachedStart).toBe(true)
    expect(await client.room('general').newer(100)).toBe(true)
    expect(await client.room('general').newer(100)).toBe(false)
    expect(now().excerpt).toBeUndefined()
    expect(seqs(now().messages)).toEqual([1, 300, 300])
    expect(now().reachedStart).toBe(true)
  })

  test('gets edits and reactions, and can be dropped', async () => {
    const { peer, client, now } = await start()
    await client.room('general').around(100, 20)
    const event = { room: 'general', epoch: 'e1', at: message(1).created_at, actor: 'ada' }
    peer.tell({ ...event, type: 'reaction.added', seq: 301, target: 100, emoji: '👍' })
    peer.tell({
      ...created(302, 'edited'),
      type: 'message.edited',
      message: { ...message(101), content: 'new' },
    })
    await until(() => now().head === 302)
    const found = (seq: number) => now().excerpt?.messages.find((each) => each.seq === seq)
    expect(found(100)?.reactions).toEqual([{ emoji: '👍', count: 1 }])
    expect(found(101)?.content).toBe('new')
    client.room('general').toLatest()
    expect(now().excerpt).toBeUndefined()
  })

  test('that is in the state is not requested, and a missing one is undefined', async () => {
    const { peer, client, now } = await start()
    expect((await client.room('general').around(295))?.seq).toBe(295)
    expect(peer.of('message.list')).toEqual([])
    await client.room('general').around(100, 20)
    expect((await client.room('general').around(99))?.seq).toBe(99)
    expect(peer.of('message.list').length).toBe(2)
    expect((await client.room('general').around(299))?.seq).toBe(299)
    expect(now().excerpt).toBeUndefined()
    expect(await client.room('general').around(999)).toBeUndefined()
  })

  test('is loaded alone, once, and gets later changes', async () => {
    const { peer, client, now } = await start()
    await Promise.all([client.room('general').loadQuoted(7), client.room('general').loadQuoted(7)])
    await client.room('general').loadQuoted(7)
    await client.room('general').loadQuoted(295)
    expect(peer.of('message.list').length).toBe(1)
    expect(now().quoted?.[7]?.content).toBe('text 7')
    const gone = { ...message(7), content: '', deleted_at: message(7).created_at }
    peer.tell({ ...created(301), type: 'message.deleted', message: gone })
    await until(() => now().quoted?.[7]?.deleted_at)
  })
})

test('pages for a room without an excerpt change nothing', () => {
  const state = fetched(createModel(), 1)
  const read = { page: { items: [message(1)] }, asOf: 0, since: [] }
  for (const put of [applyNewer, applyOlderExcerpt]) expect(put(state, 'general', read)).toBe(state)
  expect(withoutExcerpt(state, 'general')).toBe(state)
  expect(general(applyQuoted(state, 'general', 9, { ...read, page: { items: [] } })).quoted).toEqual({
    9: undefined,
  })
})
