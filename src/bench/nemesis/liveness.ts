import type { Struck } from './struck.ts'
import type { Timeline } from './timeline.ts'

/** How long after the end of a fault until everything worked again. */
export type Recovery = {
  fault: Struck
  /** Until each node has acknowledged a message. */
  sendsMs: number
  /** Until each listener had received what was acknowledged before the end of the fault. */
  listenersMs: number
  /** Another fault came before the time was over: the times say nothing. */
  disturbed: boolean
}

export const mostMs = 5000
/** A member who was just added back subscribes within this time. */
const settleUs = 1_500_000

export function recoveriesOf(timeline: Timeline, struck: readonly Struck[], nodes: number): Recovery[] {
  return struck.map((fault) => {
    const { endedUs } = fault
    const judgedUntilUs = endedUs + mostMs * 1000
    const disturbed =
      judgedUntilUs > timeline.endedUs ||
      struck.some((other) => other !== fault && other.beganUs < judgedUntilUs && other.endedUs > endedUs)
    return {
      fault,
      sendsMs: Math.max(
        ...Array.from({ length: nodes }, (_, node) => msUntil(endedUs, firstAck(timeline, node, endedUs))),
      ),
      listenersMs: Math.max(0, ...lagsOf(timeline, endedUs)),
      disturbed,
    }
  })
}

const msUntil = (fromUs: number, atUs: number | undefined): number =>
  atUs === undefined ? Number.POSITIVE_INFINITY : (atUs - fromUs) / 1000

const firstAck = ({ acks }: Timeline, node: number, fromUs: number): number | undefined =>
  acks.find((ack) => ack.node === node && ack.atUs >= fromUs)?.atUs

/** For each listener who was in the room, how long after this moment it had all that was acknowledged before. */
function lagsOf({ acks, positions, absences }: Timeline, atUs: number): number[] {
  const heads = new Map<string, number>()
  for (const ack of acks)
    if (ack.atUs <= atUs) heads.set(ack.room, Math.max(ack.seq, heads.get(ack.room) ?? 0))
  const lags: number[] = []
  for (const [key, heard] of positions) {
    const head = heads.get(key.slice(key.indexOf(' ') + 1))
    if (head === undefined) continue
    const isOut = absences
      .get(key)
      ?.some(({ fromUs, toUs }) => fromUs < atUs + mostMs * 1000 && toUs + settleUs > atUs)
    if (!isOut) lags.push(msUntil(atUs, heard.find(({ seq }) => seq >= head)?.atUs))
  }
  return lags
}
