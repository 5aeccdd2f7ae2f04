import { monotonicUs } from '../clock.ts'
import type { Dice } from '../dice.ts'
import type { Cluster } from './cluster.ts'
import type { FaultName } from './fault-names.ts'
import { faults } from './faults.ts'
import type { Struck } from './struck.ts'

/** After most faults so much peace that it shows whether everything works again within five seconds; after some, hardly any. */
const restMs = { long: [5200, 6500], short: [200, 2000] } as const
const longRests = 0.6
/** How often a second fault comes while the first lasts. */
const doubles = 0.2

/** Breaks one thing after the other until a time, in the order and for the times that the dice say, and mends each. */
export async function strikeUntil(
  cluster: Cluster,
  names: readonly FaultName[],
  dice: Dice,
  untilUs: number,
  tell: (line: string) => void,
): Promise<Struck[]> {
  const struck: Struck[] = []
  let bag: FaultName[] = []

  /** Each as often as the others, and never in a fixed order. */
  const draw = (): FaultName => {
    if (bag.length === 0) bag = dice.shuffled(names)
    return bag.pop()!
  }

  async function inflict(name: FaultName, on: Cluster): Promise<{ node?: number; ended: Promise<void> }> {
    const beganUs = monotonicUs()
    const strike = await faults[name].strike(on, dice)
    const hold = async (): Promise<void> => {
      await Bun.sleep(strike.holdMs)
      const proof = await strike.mend()
      const { target } = strike
      struck.push({
        name,
        target,
        beganUs,
        endedUs: monotonicUs(),
        ...(proof === undefined ? {} : { proof }),
      })
      tell(`${name}: ${target}, ${(strike.holdMs / 1000).toFixed(1)} s: ${proof ?? 'NOTHING SHOWS IT'}`)
    }
    return { ...(strike.node === undefined ? {} : { node: strike.node }), ended: hold() }
  }

  while (monotonicUs() < untilUs) {
    const [least, most] = dice.roll() < longRests ? restMs.long : restMs.short
    await Bun.sleep(Math.min(dice.between(least, most), (untilUs - monotonicUs()) / 1000))
    if (monotonicUs() >= untilUs) break
    const first = draw()
    const { node, ended } = await inflict(first, cluster)
    const rest = { ...cluster, nodes: cluster.nodes.filter(({ number }) => number !== node) }
    const second = dice.pick(names)
    const isPossible = rest.nodes.length > 0 && second !== first && !faults[second].missing(rest)
    if (dice.roll() < doubles && isPossible) await (await inflict(second, rest)).ended
    await ended
  }
  return struck
}
