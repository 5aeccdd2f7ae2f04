import { expect, test } from 'bun:test'
import { createClient } from '../../src/sdk/client.ts'
import { apiTokenSession } from '../../src/sdk/credentials.ts'
import { startPushService } from '../features/push-service.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { waitFor } from '../support/client.ts'
import { serverFor } from '../support/server.ts'

const at = serverFor({ settings: { OUTGOING_ALLOW: '127.0.0.1/32' } }, async (server) => ({
  ...(await cast(server)),
  service: startPushService(),
}))

test('a client subscribes a device, changes what it hears of, and ends it', async () => {
  const { server, ben, cleo, service } = at()
  const client = createClient({ url: server.url, session: apiTokenSession(cleo.token) })
  service.trust(await client.loadPushKey())
  const device = service.addDevice('watch')
  const id = await client.addPushSubscription(device, 'mentions')
  const room = await makeRoom(server, ben, [cleo])
  await post(server, ben, room, 'For nobody in particular')
  await post(server, ben, room, '@cleo, look')
  await waitFor('the mention', () => service.of('watch').length > 0 || undefined)
  expect(service.of('watch')).toMatchObject([{ type: 'message', kind: 'mention', text: '@cleo, look' }])
  // The same endpoint again is the same subscription.
  expect(await client.addPushSubscription(device)).toBe(id)
  const other = await makeRoom(server, ben, [cleo])
  await post(server, ben, other, 'For all')
  await waitFor('every message', () => service.of('watch').find((message) => message.room === other))
  expect(service.wrong).toEqual([])

  await client.removePushSubscription(id)
  await expect(client.removePushSubscription(id)).rejects.toMatchObject({ code: 'not_found' })
  await expect(client.addPushSubscription({ endpoint: device.endpoint })).rejects.toMatchObject({
    code: 'invalid',
    errors: [{ path: '/keys', reason: 'required' }],
  })
  service.stop()
})
