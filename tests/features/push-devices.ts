import { afterAll, expect } from 'bun:test'
import { pushPauseMs } from '../../src/protocol/limits.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { rest, waitFor } from '../support/client.ts'
import { serverFor } from '../support/server.ts'
import { startPushService } from './push-service.ts'

/** It calls sooner than an operator's server, and again sooner. Tests for which that is too soon change the policy. */
const policy = {
  pushAfterMs: 150,
  pushPauseMs: { ...pushPauseMs, direct: 500, mention: 500 },
  pushRetryMs: 500,
}

/** A server that may send to the push service of the test, its people, and their devices. */
export function pushServerFor(database: 'embedded' | 'postgres') {
  const settings = { OUTGOING_ALLOW: '127.0.0.1/32' }
  let service: ReturnType<typeof startPushService>
  const at = serverFor({ database, settings, policy }, async (server) => {
    service = startPushService()
    const people = await cast(server)
    service.trust((await rest(server, people.ben).get('/push/key')).body.key)
    return { ...people, service }
  })
  // After the server, which sends its last pushes when it stops.
  afterAll(() => service?.stop())
  const api = (person: { token: string }) => rest(at().server, person)
  let devices = 0
  const nextName = () => `device-${++devices}`

  /** A new device of a person, by its name at the push service. */
  async function deviceOf(person: { token: string }) {
    const name = nextName()
    const { status, body } = await api(person).post('/push/subscriptions', at().service.addDevice(name))
    expect([status, Object.keys(body)]).toEqual([201, ['id']])
    return { name, id: body.id as string }
  }
  const texts = (device: { name: string }) =>
    at()
      .service.of(device.name)
      .map((message) => (message.type === 'message' ? message.text : message.type))
  const heard = (device: { name: string }, text: string) =>
    waitFor(text, () => texts(device).includes(text) || undefined)

  /** When a call that was made later has arrived, all earlier ones were decided. */
  async function settle() {
    const { server, ada, ben } = at()
    const witness = await deviceOf(ada)
    const room = await makeRoom(server, ben, [ada])
    await post(server, ben, room, 'the end')
    await heard(witness, 'the end')
    await api(ada).delete(`/push/subscriptions/${witness.id}`)
  }

  return { at, api, nextName, deviceOf, texts, heard, settle }
}
