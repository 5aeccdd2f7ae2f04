import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Bus, Note } from '../../src/bus/bus.ts'
import { giveBack, openLimits, take } from '../../src/features/auth/limits.ts'
import { defaultLimits } from '../../src/protocol/limits.ts'
import type { Tools } from '../../src/scope.ts'
import { signUp } from '../support/cast.ts'
import { type Answer, rest, waitFor } from '../support/client.ts'
import { type Carry, linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'

/** Budgets fill up again so slowly that no machine is slow enough to see it. */
const barely = Object.fromEntries(
  Object.entries(defaultLimits).map(([name, value]) => [
    name,
    /_per_(second|minute)$/.test(name) ? 0.001 : value,
  ]),
) as typeof defaultLimits
const burst = barely.writes_burst

function open(bus: Bus): Tools {
  const tools = { bus, memory: new Map(), policy: { limits: barely, rateLimits: true } } as unknown as Tools
  openLimits(tools)
  return tools
}

const isSpent = (note: Note): boolean => note.to === 'nodes' && note.change.what === 'spent'
/** How many of `count` this node gives. */
const given = (tools: Tools, count: number, key = 'ben'): number =>
  Array.from({ length: count }, () => take(tools, 'write', key)).filter((wait) => wait === undefined).length

function linked(count: number, carry?: Carry) {
  const link = linkedBuses(count, carry ? { carry } : {})
  return { ...link, nodes: link.buses.map(open) }
}

describe('a limit', () => {
  test('is the same on three nodes as on one, but for what was taken before the nodes heard of it', async () => {
    let heard = 0
    const { nodes } = linked(3, (note, pass) => {
      setTimeout(() => {
        pass()
        if (isSpent(note)) heard++
      })
    })
    const [first, second, third] = nodes as [Tools, Tools, Tools]
    expect(given(first, burst - 1)).toBe(burst - 1)
    await waitFor('two nodes to hear of the first', () => heard >= 2)
    expect(given(second, 5)).toBe(1)
    await waitFor('two nodes to hear of the second', () => heard >= 4)
    expect(given(first, 5) + given(second, 5) + given(third, 5)).toBe(0)
    expect(given(third, 1, 'cleo')).toBe(1)
  })

  test('that was exceeded on several nodes at once is a debt on each', async () => {
    const { nodes } = linked(2)
    const [first, second] = nodes as [Tools, Tools]
    const bothGave = given(first, burst) + given(second, burst)
    expect(bothGave).toBe(2 * burst)
    await waitFor('the debt', () => take(first, 'write', 'ben')! > 1000 * burst * 1000)
  })

  test('counts one note for many people, and none that comes again', async () => {
    const notes: Note[] = []
    const { nodes } = linked(2, (note, pass) => {
      if (isSpent(note)) notes.push(note)
      setTimeout(pass)
      setTimeout(pass, 20)
    })
    const [first, second] = nodes as [Tools, Tools]
    for (let n = 0; n < 50; n++) given(first, 10, `fan-${n}`)
    await waitFor('the note', () => notes.length > 0)
    await Bun.sleep(100)
    expect(given(second, burst, 'fan-7')).toBe(burst - 10)
    expect(notes.length).toBe(1)
  })

  test('counts on each node for itself while the notes are lost, and on all again when they are not', async () => {
    const { nodes, cut, mend } = linked(2)
    const [first, second] = nodes as [Tools, Tools]
    cut()
    given(first, 20)
    await Bun.sleep(400)
    expect(given(second, burst + 5)).toBe(burst)
    mend()
    given(first, 20, 'cleo')
    await waitFor('the next note', () => given(second, burst, 'cleo') < burst)
  })

  test('is full again for what was given back on another node', async () => {
    const { nodes } = linked(2)
    const [first, second] = nodes as [Tools, Tools]
    for (let n = 0; n < 30; n++) {
      take(first, 'login_account', 'ben')
      await Bun.sleep(1)
      giveBack(first, 'login_account', 'ben')
    }
    await Bun.sleep(20)
    const tries = Array.from({ length: 12 }, () => take(second, 'login_account', 'ben'))
    expect(tries).toEqual(tries.map(() => undefined))
  })

  test('costs a node nothing that is alone', async () => {
    const { buses } = linkedBuses(1)
    const tools = open(buses[0]!)
    const notes: Note[] = []
    tools.bus.subscribe((note) => notes.push(note))
    given(tools, burst)
    await Bun.sleep(300)
    expect(notes).toEqual([])
  })
})

describe.skipIf(!(await postgresForTests()))('on three nodes', () => {
  let nodes: Nodes
  beforeAll(async () => {
    nodes = await startNodes(linkedBuses(3).buses, { RATE_LIMITS: 'on' })
  })
  afterAll(async () => nodes?.stop())

  test('nobody guesses more passwords than on one', async () => {
    await signUp(nodes.servers[0]!, 'ben')
    const answers: Answer[] = []
    for (let n = 0; n < 21; n++)
      answers.push(
        await rest(nodes.servers[n % 3]!).post('/auth/login', {
          username: 'ben',
          password: `Guess number ${n}`,
        }),
      )
    const guessed = answers.filter(({ status }) => status === 401).length
    // The limit is 12, and then 6 a minute.
    expect(guessed).toBeGreaterThanOrEqual(12)
    expect(guessed).toBeLessThanOrEqual(15)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(21 - guessed)
  })
})
