import type { Server } from '../processes.ts'
import { membersOf, nameOf, probes } from './axes.ts'
import { type Cost, measure, type Times } from './meter.ts'
import type { Seeded } from './seed.ts'
import { openTalk, type Talk } from './talk.ts'

/** In the order of the table. `start` and `backup` are measured around these. */
export const operationNames = [
  'send',
  'history',
  'hello',
  'resume',
  'join',
  'members',
  'backup',
  'start',
] as const
export type OperationName = (typeof operationNames)[number]

export const titles: Record<OperationName, string> = {
  send: 'send a message',
  history: 'history page of 50',
  hello: 'connect until hello',
  resume: 'resume, 300 to 400 behind',
  join: 'join a room',
  members: 'member page of 50',
  backup: 'backup',
  start: 'start until ready',
}

export type Scene = { server: Server; seeded: Seeded; members: number; times: Times }

const pageSize = 50
/** More than a feed has in memory, so that each is read from the database. */
const leastBehind = 300
const behindSpread = 100

/** Everything that a running server is asked for, one thing after the other. */
export async function measureOperations(scene: Scene): Promise<[OperationName, Cost][]> {
  const { server, seeded, members, times } = scene
  const [sender, reader] = seeded.members as [Seeded['members'][number], Seeded['members'][number]]
  const room = `/rooms/${seeded.room.id}`
  const head = (await ask<{ head: number }>(server, 'GET', `${room}/log?since=0&limit=1`, reader)).head
  const costs: [OperationName, Cost][] = []
  const talk = await openTalk(server, sender.token)
  const listening = await openTalk(server, reader.token)
  try {
    costs.push(['send', await measure(server, times, (nth) => send(talk, seeded, nth))])
    costs.push([
      'history',
      await measure(server, times, async () => {
        const before = pageSize + 1 + random(head - pageSize)
        const path = `${room}/messages?limit=${pageSize}&before=${before}`
        requirePage(await ask<Page>(server, 'GET', path, reader), before)
      }),
    ])
    costs.push([
      'hello',
      await measure(server, times, async (nth) => {
        const { token } = seeded.members[nth % probes]!
        await (await openTalk(server, token)).close()
      }),
    ])
    const { head: newest } = await listening.command<{ head: number }>(subscription(seeded))
    costs.push(['resume', await measure(server, times, () => resume(listening, seeded, newest))])
    const joining = { ...times, repetitions: Math.min(times.repetitions, seeded.outsiders.length) }
    const joined = new Set<Seeded['outsiders'][number]>()
    const change = (method: string, person: Seeded['outsiders'][number]) =>
      ask(server, method, `${room}/members/me`, person)
    costs.push([
      'join',
      await measure(
        server,
        joining,
        async (nth) => {
          const person = seeded.outsiders[nth % joining.repetitions]!
          joined.add(person)
          await change('PUT', person)
        },
        async () => {
          for (const person of joined) await change('DELETE', person)
          joined.clear()
        },
      ),
    ])
    const names = membersOf(members).map(nameOf)
    costs.push([
      'members',
      await measure(server, times, async () => {
        const at = random(names.length)
        const path = `${room}/members?limit=${pageSize}&after=${names[at]}`
        const { items } = await ask<{ items: unknown[] }>(server, 'GET', path, reader)
        const expected = Math.min(pageSize, names.length - 1 - at)
        if (items.length !== expected)
          throw new Error(`A page has ${items.length} members instead of ${expected}.`)
      }),
    ])
  } finally {
    await talk.close()
    await listening.close()
  }
  return costs
}

const random = (below: number): number => Math.floor(Math.random() * below)

async function send(talk: Talk, { room }: Seeded, nth: number): Promise<void> {
  const client_id = crypto.randomUUID()
  await talk.command({
    type: 'message.send',
    room: room.id,
    content: `Measured message ${nth} of this room.`,
    client_id,
  })
}

const subscription = ({ room }: Seeded, since?: number) => ({
  type: 'room.subscribe',
  room: room.id,
  ...(since === undefined ? { history: 0 } : { since: { epoch: room.epoch, seq: since } }),
})

async function resume(talk: Talk, seeded: Seeded, head: number): Promise<void> {
  const since = Math.max(0, head - leastBehind - random(behindSpread))
  const { mode, events } = await talk.command<{ mode: string; events: unknown[] }>(
    subscription(seeded, since),
  )
  if (mode !== 'replay' || events.length !== head - since)
    throw new Error(`A resume was a ${mode} of ${events?.length} events.`)
}

type Page = { items: { seq: number; content: string; damaged?: true }[] }

/** Full, readable and in order: what was seeded is what the product would have stored. Joins are in the log, not on a page. */
function requirePage({ items }: Page, before: number): void {
  const isWhole =
    items.length === pageSize &&
    items.every(({ content, damaged }) => content !== '' && damaged !== true) &&
    items.every(({ seq }, index) => seq < (items[index + 1]?.seq ?? before))
  if (!isWhole) throw new Error(`The history page before ${before} is not whole.`)
}

async function ask<Reply>(
  server: Server,
  method: string,
  path: string,
  { token }: { token: string },
): Promise<Reply> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as Reply
}
