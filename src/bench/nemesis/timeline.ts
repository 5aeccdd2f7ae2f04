import type { Line } from '../recorder.ts'
import { note, type Spread } from '../spread.ts'
import type { Struck } from './struck.ts'

/** Times in microseconds of the clock of the recorder. */
export type Timeline = {
  beganUs: number
  endedUs: number
  invoked: number
  acked: number
  refused: number
  /** Answers whose connection was lost or that came too late, and temporary refusals. */
  unknown: number
  heard: number
  removed: number
  answers: Spreads
  /** From the first try on one node to a socket on another. */
  deliveries: Spreads
  bins: Bin[]
  binUs: number
  acks: { atUs: number; node: number; room: string; seq: number }[]
  /** How far each listener was in each room, and when; by `name room`. */
  positions: Map<string, { atUs: number; seq: number }[]>
  /** When members were out of a room, by `name room`. */
  absences: Map<string, { fromUs: number; toUs: number }[]>
}

type Spreads = { outside: Spread; during: Spread }
type Bin = { acks: number; answers: Spread; deliveries: Spread }
type Sending = { atUs: number; node: number; room: string; tries: number }

const mostBins = 240
const leastBinUs = 1_000_000

/** What a recorded run looked like over time. */
export async function timelineOf(
  lines: AsyncIterable<Line> | Iterable<Line>,
  { beganUs, endedUs }: { beganUs: number; endedUs: number },
  struck: readonly Struck[],
): Promise<Timeline> {
  const binUs = Math.max(leastBinUs, Math.ceil((endedUs - beganUs) / mostBins))
  const timeline: Timeline = {
    beganUs,
    endedUs,
    invoked: 0,
    acked: 0,
    refused: 0,
    unknown: 0,
    heard: 0,
    removed: 0,
    answers: { outside: {}, during: {} },
    deliveries: { outside: {}, during: {} },
    bins: Array.from({ length: Math.ceil((endedUs - beganUs) / binUs) }, () => ({
      acks: 0,
      answers: {},
      deliveries: {},
    })),
    binUs,
    acks: [],
    positions: new Map(),
    absences: new Map(),
  }
  const { answers, deliveries, positions, absences, acks } = timeline
  const sendings = new Map<string, Sending>()
  const nodes = new Map<string, number>()
  const binAt = (atUs: number): Bin | undefined => timeline.bins[Math.floor((atUs - beganUs) / binUs)]
  const during = (fromUs: number, toUs: number): boolean =>
    struck.some((fault) => fromUs <= fault.endedUs && toUs >= fault.beganUs)
  const spreadOf = (spreads: Spreads, fromUs: number, toUs: number): Spread =>
    during(fromUs, toUs) ? spreads.during : spreads.outside
  const listIn = <Item>(map: Map<string, Item[]>, key: string): Item[] => {
    const list = map.get(key) ?? []
    map.set(key, list)
    return list
  }

  for await (const line of lines) {
    const { at } = line
    if (line.what === 'invoke') {
      timeline.invoked++
      const node = line.node ?? nodes.get(line.who) ?? -1
      sendings.set(line.client_id, { atUs: at, node, room: line.room, tries: 1 })
    } else if (line.what === 'ok') {
      const sending = sendings.get(line.client_id)!
      timeline.acked++
      const { room, node } = sending
      acks.push({ atUs: at, node: node < 0 ? (nodes.get(line.who) ?? -1) : node, room, seq: line.seq })
      note(spreadOf(answers, sending.atUs, at), at - sending.atUs)
      const bin = binAt(at)
      if (bin) {
        bin.acks++
        note(bin.answers, at - sending.atUs)
      }
    } else if (line.what === 'unknown' || line.what === 'refused') {
      timeline.unknown++
      const sending = sendings.get(line.client_id)
      if (sending) sending.tries++
    } else if (line.what === 'fail') timeline.refused++
    else if (line.what === 'open') {
      if (line.room === undefined) nodes.set(line.who, line.node ?? -1)
      else if (line.mode === 'reset' && line.head !== undefined)
        listIn(positions, `${line.who} ${line.room}`).push({ atUs: at, seq: line.head })
    } else if (line.what === 'receive') {
      timeline.heard++
      listIn(positions, `${line.who} ${line.room}`).push({ atUs: at, seq: line.seq })
      const sending = line.live && line.client_id !== undefined ? sendings.get(line.client_id) : undefined
      if (!sending || sending.tries > 1 || sending.node === nodes.get(line.who)) continue
      note(spreadOf(deliveries, sending.atUs, at), at - sending.atUs)
      const bin = binAt(at)
      if (bin) note(bin.deliveries, at - sending.atUs)
    } else if (line.what === 'removing') {
      timeline.removed++
      listIn(absences, `${line.who} ${line.room}`).push({ fromUs: at, toUs: Number.POSITIVE_INFINITY })
    } else if (line.what === 'added') {
      const absence = absences.get(`${line.who} ${line.room}`)?.at(-1)
      if (absence) absence.toUs = at
    }
  }
  return timeline
}
