import { expect, test } from 'bun:test'
import { layCable } from '../support/cable.ts'
import { makeRoom, post, signUp } from '../support/cast.ts'
import { socketOf, waitFor } from '../support/client.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'

const postgres = await postgresForTests()

test.skipIf(!postgres)(
  'a node that can check nobody delivers nothing, replies to pings, and goes on where it was',
  async () => {
    const cable = await layCable(Number(new URL(postgres!.url).port || 5432))
    const linked = linkedBuses(2)
    const nodes = await startNodes(linked.buses, (url, index) => {
      const own = new URL(url)
      if (index === 1) own.port = String(cable.port)
      return { DATABASE_URL: own.href }
    })
    const [here, there] = nodes.servers
    Object.assign(there!.tools.policy, { distrustEveryMs: 50, mostUncheckedMs: 100 })
    const ben = await signUp(here!, 'ben')
    const cleo = await signUp(here!, 'cleo')
    const room = await makeRoom(here!, ben, [cleo])
    const cleos = await socketOf(there!, cleo)
    await cleos.ask({ type: 'room.subscribe', room })
    const heard = (): number[] => cleos.heard('message.created').map(({ seq }) => seq)
    let carried = 0
    linked.link.carry = (note, pass) =>
      setTimeout(() => {
        pass()
        if (note.to === 'log') carried = Math.max(carried, note.seq)
      })
    /** Says something, and whether Cleo's socket got it when it was on their node: the reply to a ping comes after it. */
    async function isHeard(): Promise<boolean> {
      const seq = await post(here!, ben, room, 'Do you hear me?')
      await waitFor('the note of it', () => carried >= seq)
      expect((await cleos.ask({ type: 'ping' })).type).toBe('reply')
      return heard().at(-1) === seq
    }

    cable.hold()
    cable.end()
    linked.gap()
    // Each takes longer than a millisecond, so that the time in which they had to be checked is over long before.
    let said = 1
    while ((await isHeard()) && said < 1000) said++
    expect(said).toBeLessThan(1000)
    const refused = await cleos.ask({ type: 'message.send', room, content: 'hello' })
    expect(refused).toMatchObject({ type: 'error', code: 'unavailable' })
    expect(await isHeard()).toBe(false)

    cable.release()
    await cleos.until('what was said meanwhile', () => heard().at(-1) === carried)
    expect(heard()).toEqual(heard().map((_, index) => heard()[0]! + index))
    await cleos.close()
    await nodes.stop()
    await cable.close()
  },
)
