import { expect, test } from 'bun:test'
import { clockIn, isQuiet } from '../../src/text/quiet-hours.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { rest, socketOf, waitFor } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { startPushService } from './push-service.ts'

test('quiet hours may pass midnight, are those of a clock on the wall, and contain their beginning', () => {
  const night = { from: '22:00', to: '07:30' }
  for (const time of ['22:00', '23:59', '00:00', '07:29'])
    expect([time, isQuiet(night, time)]).toEqual([time, true])
  for (const time of ['07:30', '12:00', '21:59']) expect([time, isQuiet(night, time)]).toEqual([time, false])
  const noon = { from: '12:00', to: '13:00' }
  expect([isQuiet(noon, '12:30'), isQuiet(noon, '13:00')]).toEqual([true, false])
  expect(isQuiet({ from: '09:00', to: '09:00' }, '09:00')).toBe(false)
  // The clock of Berlin goes back in the last night of October.
  const berlin = clockIn('Europe/Berlin')
  expect(berlin(new Date('2026-10-24T20:30:00Z'))).toBe('22:30')
  expect(berlin(new Date('2026-10-25T21:30:00Z'))).toBe('22:30')
  expect(clockIn('Asia/Kolkata')(new Date('2026-10-24T18:30:00Z'))).toBe('00:00')
})

/** Where it is around noon. */
const zoneOf = (): string => {
  const hours = 12 - new Date().getUTCHours()
  return `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`
}

await onBothDatabases((database) => {
  const settings = { OUTGOING_ALLOW: '127.0.0.1/32' }
  const at = serverFor({ database, settings, policy: { pushAfterMs: 150 } }, async (server) => {
    const service = startPushService()
    const people = await cast(server)
    service.trust((await rest(server, people.ben).get('/push/key')).body.key)
    return { ...people, service }
  })
  const api = (person: { token: string }) => rest(at().server, person)

  test('in quiet hours no device is called; what the person has missed is counted, and afterwards they are called again', async () => {
    const { server, ben, cleo, service } = at()
    for (const [name, person] of [
      ['quiet', cleo],
      ['witness', at().dan],
    ] as const)
      await api(person).post('/push/subscriptions', service.addDevice(name))
    const socket = await socketOf(server, cleo)
    const quiet_hours = { from: '00:00', to: '23:59', time_zone: zoneOf() }
    expect((await api(cleo).patch('/users/me', { quiet_hours })).body.quiet_hours).toEqual(quiet_hours)
    // The other devices of the person hear of it at once; nobody else does.
    expect((await socket.next('user.updated')).user.quiet_hours).toEqual(quiet_hours)
    expect((await api(ben).get('/users/cleo')).body.quiet_hours).toBeUndefined()
    const room = await makeRoom(server, ben, [cleo, at().dan])
    await post(server, ben, room, 'Psst, @room')
    await waitFor('the witness', () => service.of('witness').length > 0 || undefined)
    expect(service.of('quiet')).toEqual([])
    expect((await api(cleo).get(`/rooms/${room}`)).body.mentions).toBe(1)
    expect(
      (await api(cleo).patch('/users/me', { quiet_hours: { ...quiet_hours, to: '00:00' } })).body.quiet_hours,
    ).toBeUndefined()
    await post(server, ben, room, 'Hello, @cleo')
    await waitFor('a push', () => service.of('quiet').length > 0 || undefined)
    expect(service.of('quiet')).toMatchObject([{ text: 'Hello, @cleo' }])
    socket.close()
    service.stop()
  })

  test('wrong quiet hours are refused with their reason', async () => {
    const good = { from: '22:00', to: '07:00', time_zone: 'Europe/Berlin' }
    const wrong: [unknown, string, string][] = [
      [{ ...good, time_zone: 'Mars/Olympus' }, '/quiet_hours/time_zone', 'time_zone_unknown'],
      [{ ...good, from: '24:00' }, '/quiet_hours/from', 'wrong_format'],
      [{ ...good, to: '7:00' }, '/quiet_hours/to', 'wrong_format'],
      [{ from: '22:00', to: '07:00' }, '/quiet_hours/time_zone', 'required'],
      [{ ...good, more: 1 }, '/quiet_hours/more', 'unknown_field'],
      ['22:00', '/quiet_hours', 'not_an_object'],
      [null, '/quiet_hours', 'not_an_object'],
    ]
    for (const [quiet_hours, path, reason] of wrong) {
      const { status, body } = await api(at().ben).patch('/users/me', { quiet_hours })
      expect([status, body.errors?.[0]?.path, body.errors?.[0]?.reason]).toEqual([422, path, reason])
    }
  })
})
