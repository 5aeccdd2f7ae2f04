import { expect, test } from 'bun:test'
import type { Measurement } from '../../src/bench/measurement.ts'
import { verdictsOn } from '../../src/bench/targets.ts'

const many = (who: 'Parley' | 'limit', messagesPerSecond: number, cpuUsPerMessage: number): Measurement => ({
  scenario: 'many',
  title: '100 rooms × 2',
  who,
  database: 'postgres',
  rounds: [],
  median: { messagesPerSecond, cpuUsPerMessage },
  faults: [],
})

const judged = (own: Measurement, limit: Measurement) =>
  verdictsOn([own, limit]).map(({ measure, value, verdict }) => [measure, value, verdict])

test('figures are judged as multiples of the limit of the same run', () =>
  expect(judged(many('Parley', 30_000, 21), many('limit', 50_000, 7))).toEqual([
    ['many rooms: stored messages/s ÷ limit', 0.6, 'kept'],
    ['many rooms: CPU per message ÷ limit', 3, 'kept'],
  ]))

test('a target that is just reached counts as reached, and a missed target is reported', () => {
  expect(
    judged(many('Parley', 40_000, 14), many('limit', 50_000, 7)).map(([, , verdict]) => verdict),
  ).toEqual(['aim reached', 'aim reached'])
  expect(
    judged(many('Parley', 24_000, 35), many('limit', 50_000, 7)).map(([, , verdict]) => verdict),
  ).toEqual(['missed', 'missed'])
})

test('there is no verdict on a scenario that was not measured', () =>
  expect(verdictsOn([many('limit', 1, 1)])).toEqual([]))
