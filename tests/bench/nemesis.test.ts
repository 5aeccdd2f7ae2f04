// Longer than 300 lines: each doctored history is read together with the violation that must be found in it.
import { describe, expect, test } from 'bun:test'
import { findViolations } from '../../src/bench/check.ts'
import { createDice } from '../../src/bench/dice.ts'
import { faultNames } from '../../src/bench/nemesis/fault-names.ts'
import { recoveriesOf } from '../../src/bench/nemesis/liveness.ts'
import { pageOf } from '../../src/bench/nemesis/page.ts'
import type { NemesisReport } from '../../src/bench/nemesis/run.ts'
import type { Struck } from '../../src/bench/nemesis/struck.ts'
import { timelineOf } from '../../src/bench/nemesis/timeline.ts'
import { findTrespasses } from '../../src/bench/nemesis/trespass.ts'
import { isKept, verdictOf } from '../../src/bench/nemesis/verdict.ts'
import { historyOf } from '../../src/bench/recorded.ts'
import type { Line } from '../../src/bench/recorder.ts'

const room = 'pier'
const second = 1_000_000
const said = (client_id: string) => ({ client_id, content: `${client_id} says something` })

/**
 * Three nodes. Ben talks on the first and repeats what its end left open on the second, Cleo listens on the second, Dan on the
 * third. Node 1 is killed from second 10 to 12. Dan is removed after Ben's second message and added back before Echo posts.
 */
function honest(): Line[] {
  const lines: Line[] = []
  const at = (
    seconds: number,
    ...happenings: Line extends infer Each ? (Each extends Line ? Omit<Each, 'at'> : never)[] : never
  ) => lines.push(...happenings.map((each) => ({ at: seconds * second, ...each }) as Line))
  const heard = (seconds: number, who: string, seq: number, client_id?: string, live = true) =>
    at(seconds, {
      what: 'receive',
      who,
      room,
      seq,
      ...(client_id && { client_id }),
      ...(live && { live }),
    } as never)

  at(1, { what: 'open', who: 'ben', node: 0 })
  for (const [node, who] of ['cleo', 'dan'].entries()) {
    at(1, { what: 'open', who, node: node + 1 }, { what: 'open', who, room, mode: 'replay', head: 4 })
    for (const seq of [1, 2, 3, 4]) heard(1, who, seq, undefined, false)
  }
  at(2, { what: 'invoke', who: 'ben', room, ...said('ben-1') })
  heard(2, 'cleo', 5, 'ben-1')
  heard(2, 'dan', 5, 'ben-1')
  at(2.1, { what: 'ok', who: 'ben', client_id: 'ben-1', seq: 5 })
  at(
    10,
    { what: 'invoke', who: 'ben', room, ...said('ben-2') },
    { what: 'unknown', who: 'ben', client_id: 'ben-2' },
  )
  at(11, { what: 'open', who: 'ben', node: 1 })
  heard(11, 'cleo', 6, 'ben-2')
  heard(11, 'dan', 6, 'ben-2')
  at(11.1, { what: 'ok', who: 'ben', client_id: 'ben-2', seq: 6 })
  at(12, { what: 'removing', who: 'dan', room })
  heard(12, 'cleo', 7)
  heard(12, 'dan', 7)
  at(13, { what: 'trespass', who: 'dan', room, ...said('dan-1') })
  at(13, { what: 'invoke', who: 'ben', room, ...said('ben-3') })
  heard(13, 'cleo', 8, 'ben-3')
  at(13.1, { what: 'ok', who: 'ben', client_id: 'ben-3', seq: 8 })
  heard(14, 'cleo', 9)
  at(13.8, { what: 'adding', who: 'dan', room })
  at(14, { what: 'added', who: 'dan', room }, { what: 'open', who: 'dan', room, mode: 'replay', head: 9 })
  heard(14, 'dan', 8, 'ben-3', false)
  heard(14, 'dan', 9, undefined, false)
  for (const node of [0, 1, 2]) {
    const who = `echo${node}`
    at(15 + node / 10, { what: 'invoke', who, room, node, ...said(who) })
    for (const listener of ['cleo', 'dan']) heard(15 + node / 10, listener, 10 + node, who)
    at(15.05 + node / 10, { what: 'ok', who, client_id: who, seq: 10 + node })
  }
  const joins = ['ada', 'ben', 'cleo', 'dan'].map((who) => ({ actor: who, joined: who }))
  const stored = [
    ...joins,
    { actor: 'ben', ...said('ben-1') },
    { actor: 'ben', ...said('ben-2') },
    { actor: 'ada', left: 'dan' },
    { actor: 'ben', ...said('ben-3') },
    { actor: 'ada', joined: 'dan' },
    ...[0, 1, 2].map((node) => ({ actor: `echo${node}`, ...said(`echo${node}`) })),
  ]
  for (const [index, entry] of stored.entries()) at(30, { what: 'stored', room, seq: index + 1, ...entry })
  return lines
}

const killed: Struck = {
  name: 'kill',
  target: 'node 1',
  beganUs: 10 * second,
  endedUs: 12 * second,
  proof: 'process 7 is gone',
}

async function reportOn(lines: Line[], struck = [killed]): Promise<NemesisReport> {
  const history = historyOf(lines)
  const timeline = await timelineOf(lines, { beganUs: 0, endedUs: 30 * second }, struck)
  return {
    at: '2026-11-29T03:00:00.000Z',
    seed: 7,
    tookSeconds: 30,
    machine: {
      parley: '0',
      bun: '1',
      platform: 'linux',
      cpu: 'a <fast> one',
      cores: 2,
      memoryGb: 1,
      loadAverage: 0,
    },
    shape: { nodes: 3, bus: 'redis', faults: [...faultNames] },
    missing: [],
    struck,
    violations: [...findViolations(history), ...findTrespasses(history, struck)],
    failures: [],
    recoveries: recoveriesOf(timeline, struck, 3),
    timeline,
    memory: [{ atUs: second, bytes: [2 ** 27, 2 ** 27, undefined] }],
  }
}

/** The rows of the verdict that are not 0, after a change of the honest history. */
async function brokenAfter(change: (lines: Line[]) => unknown, struck = [killed]): Promise<string[]> {
  const lines = honest()
  const changed = change(lines)
  const report = await reportOn(Array.isArray(changed) ? changed : lines, struck)
  const rows = verdictOf(report)
  const from = rows.indexOf('Promise\tBroken') + 1
  const broken = rows
    .slice(from, rows.indexOf('', from))
    .map((row) => row.split('\t'))
    .filter(([, count]) => count !== '0')
    .map(([name]) => name!)
  expect(isKept(report)).toBe(broken.length === 0)
  return broken
}

const index = (lines: Line[], what: Line['what'], about: object): number =>
  lines.findIndex((line) => line.what === what && Bun.deepMatch(about, line))
const cut = (lines: Line[], what: Line['what'], about: object): void =>
  void lines.splice(index(lines, what, about), 1)

describe('the verdict on several nodes', () => {
  test('finds nothing in a history in which every promise was kept', async () =>
    expect(await brokenAfter(() => {})).toEqual([]))

  test('counts a message as lost that a node acknowledged before it was killed, and that no node has', async () =>
    expect(
      await brokenAfter((lines) => {
        const last = { seq: 12 }
        cut(lines, 'stored', last)
        for (const who of ['cleo', 'dan']) cut(lines, 'receive', { who, ...last })
      }),
    ).toEqual(['lost']))

  test('counts a message as doubled that a second node stored again', async () =>
    expect(
      await brokenAfter((lines) => {
        lines.push({ at: 30 * second, what: 'stored', room, seq: 13, actor: 'ben', ...said('ben-2') })
        for (const who of ['cleo', 'dan'])
          lines.push({ at: 20 * second, what: 'receive', who, room, seq: 13, client_id: 'ben-2', live: true })
      }),
    ).toEqual(['doubled']))

  test('counts as doubled what a listener heard from two nodes', async () =>
    expect(
      await brokenAfter((lines) => {
        const at = index(lines, 'receive', { who: 'cleo', seq: 6 })
        lines.splice(at, 0, lines[at]!)
      }),
    ).toEqual(['doubled']))

  const swapped = (lines: Line[]): Line[] => {
    // Ben's second and third message are stored, answered and heard the other way round.
    const other: Record<string, string> = { 'ben-2': 'ben-3', 'ben-3': 'ben-2' }
    return lines.map((line) => {
      if (line.what !== 'invoke' && 'client_id' in line && line.client_id! in other) {
        const client_id = other[line.client_id!]!
        if (line.what === 'stored') return { ...line, ...said(client_id) }
        if (line.what === 'receive') return { ...line, client_id }
        if (line.what === 'ok') return { ...line, seq: line.seq === 6 ? 8 : 6 }
      }
      return line
    })
  }

  test('counts messages as reordered that a sender repeated on another node', async () =>
    expect(await brokenAfter(swapped)).toEqual(['reordered']))

  test('does not count a message as reordered that was refused for the moment while the next was under way', async () =>
    expect(
      await brokenAfter((lines) =>
        swapped(lines).map((line) =>
          line.what === 'unknown' ? { ...line, what: 'refused', code: 'unavailable' } : line,
        ),
      ),
    ).toEqual([]))

  test('nor one whose sender gave up the connection, on which such a refusal may have been', async () =>
    expect(
      await brokenAfter((lines) =>
        swapped(lines).map((line) => (line.what === 'unknown' ? { ...line, gave_up: true } : line)),
      ),
    ).toEqual([]))

  test('counts as a phantom what a node made up', async () =>
    expect(
      await brokenAfter((lines) => {
        const at = index(lines, 'receive', { who: 'cleo', seq: 8 })
        lines[at] = { ...lines[at]!, client_id: 'ben-9' } as Line
      }),
    ).toEqual(['phantom']))

  const heardLiveAt = (seconds: number) => (lines: Line[]) => {
    const at = index(lines, 'receive', { who: 'dan', seq: 8 })
    lines[at] = { ...lines[at]!, at: seconds * second, live: true } as Line
    lines.sort((one, other) => one.at - other.at)
  }

  test('counts as unentitled what a node still delivers to somebody whom another node removed', async () =>
    expect(await brokenAfter(heardLiveAt(13.5))).toEqual(['unentitled']))

  test('does not if they had been added back by then', async () =>
    expect(await brokenAfter(heardLiveAt(14))).toEqual([]))

  test('does not if their next removal has begun by then', async () =>
    expect(
      await brokenAfter((lines) => {
        heardLiveAt(13.95)(lines)
        lines.push({ at: 13.9 * second, what: 'removing', who: 'dan', room })
        lines.sort((one, other) => one.at - other.at)
      }),
    ).toEqual([]))

  const subscribedAt = (seconds: number, head: number) => (lines: Line[]) => {
    lines.push({ at: seconds * second, what: 'open', who: 'dan', room, mode: 'replay', head })
    lines.sort((one, other) => one.at - other.at)
  }

  test('counts a subscription as unentitled that a node gave to somebody whom another node had removed', async () =>
    expect(await brokenAfter(subscribedAt(13.5, 8))).toEqual(['unentitled']))

  test('does not if they were being added back, and the response was still on its way', async () =>
    expect(await brokenAfter(subscribedAt(13.9, 8))).toEqual([]))

  test('does not if that node was only behind with their being added back', async () =>
    expect(await brokenAfter(subscribedAt(14.5, 8))).toEqual([]))

  const trespassed = (lines: Line[]): void => {
    const at = index(lines, 'trespass', {})
    lines[at] = { ...lines[at]!, seq: 13 } as Line
    lines.push({ at: 30 * second, what: 'stored', room, seq: 13, actor: 'dan', ...said('dan-1') })
    for (const who of ['cleo', 'dan'])
      lines.push({ at: 20 * second, what: 'receive', who, room, seq: 13, client_id: 'dan-1', live: true })
  }

  test('counts as unentitled a message that a node accepts from somebody whom another node removed', async () =>
    expect(await brokenAfter(trespassed, [])).toEqual(['unentitled']))

  test('does not while that node may not know yet, because something was broken', async () =>
    expect(await brokenAfter(trespassed, [killed])).toEqual([]))

  test('counts as unheard what a node never read from the log', async () =>
    expect(await brokenAfter((lines) => cut(lines, 'receive', { who: 'cleo', seq: 8 }))).toEqual(['unheard']))

  test('counts a send as unresolved that nobody ever answered', async () =>
    expect(await brokenAfter((lines) => cut(lines, 'ok', { client_id: 'ben-3' }))).toEqual(['unresolved']))

  const later = (lines: Line[], is: (line: Line) => boolean): Line[] =>
    lines
      .map((line) => (is(line) ? { ...line, at: line.at + 7 * second } : line))
      .sort((one, other) => one.at - other.at)

  test('counts a fault as late after which one node did not answer within five seconds', async () =>
    expect(
      await brokenAfter((lines) => later(lines, (line) => line.what === 'ok' && line.client_id === 'echo0')),
    ).toEqual(['late']))

  test('counts a fault as late after which one listener did not catch up within five seconds', async () =>
    expect(
      await brokenAfter((lines) =>
        later(lines, (line) => line.what === 'receive' && line.who === 'cleo' && line.seq >= 6),
      ),
    ).toEqual(['late']))

  test('does not judge the time after a fault if another one came', async () => {
    const again = { ...killed, target: 'node 2', beganUs: 13 * second, endedUs: 24 * second }
    expect(
      await brokenAfter(
        (lines) => later(lines, (line) => line.what === 'ok' && line.client_id === 'echo0'),
        [killed, again],
      ),
    ).toEqual(['late'])
    const { recoveries } = await reportOn(honest(), [killed, again])
    expect(recoveries.map(({ disturbed }) => disturbed)).toEqual([true, false])
  })

  test('says how long answers took and deliveries to another node, during faults and outside of them', async () => {
    const { timeline } = await reportOn(honest())
    const count = (spread: Record<number, number>) =>
      Object.values(spread).reduce((sum, each) => sum + each, 0)
    expect(count(timeline.answers.during)).toBe(1)
    expect(count(timeline.answers.outside)).toBe(5)
    // Ben's second message took two tries: nobody knows from which node it came.
    expect(count(timeline.deliveries.during)).toBe(0)
    // Of Ben's first to both, of his third to nobody elsewhere, of Echo's three to one or two each.
    expect(count(timeline.deliveries.outside)).toBe(6)
  })
})

test('the page of a run needs nothing from elsewhere, shows every fault, and writes names as text', async () => {
  const html = pageOf(await reportOn(honest(), [{ ...killed, target: 'node <1>' }]))
  expect(html).toContain('Every promise was kept')
  expect(html).toContain('node &lt;1&gt;')
  expect(html).toContain('a &lt;fast&gt; one')
  expect(html).toContain('prefers-color-scheme:dark')
  expect(html.match(/<svg /g)).toHaveLength(4)
  expect(html).not.toMatch(/(src|href)=|url\(|@import|NaN|Infinity|undefined/)
})

test('the same seed breaks the same things in the same order', () => {
  const rolls = (seed: number) => {
    const dice = createDice(seed)
    return [dice.shuffled(faultNames), dice.between(1, 5), dice.below(9), dice.pick(faultNames)]
  }
  expect(rolls(7)).toEqual(rolls(7))
  expect(rolls(7)).not.toEqual(rolls(8))
})
