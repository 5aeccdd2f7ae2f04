import { expect, test } from 'bun:test'
import { renewEpochs } from '../../src/features/log/epochs.ts'
import { announce } from '../../src/scope.ts'
import { makeRoom, signUp } from '../support/cast.ts'
import { socketOf } from '../support/client.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'

test.skipIf(!(await postgresForTests()))(
  'when one node has given new epochs, the sockets of the others come back and fetch everything again',
  async () => {
    const nodes = await startNodes(linkedBuses(2).buses)
    const [here, there] = nodes.servers
    const ben = await signUp(there!, 'ben')
    const room = await makeRoom(there!, ben)
    const bens = await socketOf(there!, ben)
    const { data: before } = await bens.ask({ type: 'room.subscribe', room })
    await renewEpochs(here!.tools.sql)
    announce(here!.tools, { what: 'epochs' })
    expect((await bens.ending()).reason).toContain('restarting')
    const again = await socketOf(there!, ben)
    const since = { epoch: before.epoch, seq: before.head }
    const { data: after } = await again.ask({ type: 'room.subscribe', room, since })
    expect(after.mode).toBe('reset')
    expect(after.epoch).not.toBe(before.epoch)
    await again.close()
    await nodes.stop()
  },
)
