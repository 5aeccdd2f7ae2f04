import { expect, test } from 'bun:test'
import {
  addressOf,
  adminAddress,
  inviteAddress,
  routeIn,
  settingsAddress,
  setUpCodeIn,
} from '../../src/web/ground/route.ts'

test('the fragment names the room, whatever its letters, and a message in it', () => {
  for (const room of ['general', 'a&b=c#d', '__proto__']) {
    expect(routeIn(addressOf(room))).toEqual({ view: 'room', room })
    expect(routeIn(addressOf(room, 42))).toEqual({ view: 'room', room, seq: 42 })
    expect(routeIn(addressOf(room, undefined, 7))).toEqual({ view: 'room', room, thread: 7 })
  }
  for (const seq of ['0', '-1', '1.5', 'x', '9'.repeat(20)])
    expect(routeIn(`#room=general&seq=${seq}`)).toEqual({ view: 'room', room: 'general' })
})

test('the other views have addresses too, and an unknown one leads to the list', () => {
  expect(routeIn(inviteAddress('a/b&c'))).toEqual({ view: 'invite', code: 'a/b&c' })
  expect(routeIn(settingsAddress('sessions'))).toEqual({ view: 'settings', page: 'sessions' })
  expect(routeIn(adminAddress('audit'))).toEqual({ view: 'admin', page: 'audit' })
  expect(routeIn('#settings=nonsense')).toEqual({ view: 'settings', page: 'profile' })
  expect(routeIn('#browse')).toEqual({ view: 'browse' })
  for (const strange of ['', '#', '#list', '#room=', '#nonsense=1'])
    expect(routeIn(strange)).toEqual({ view: 'list' })
})

test('the set-up link of the server carries its code in the fragment', () => {
  expect(setUpCodeIn('#setup=aB-3_x')).toBe('aB-3_x')
  expect(setUpCodeIn('#room=general')).toBeUndefined()
})
