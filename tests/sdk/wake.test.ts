import { expect, test } from 'bun:test'
import type { Requests } from '../../src/sdk/requests.ts'
import { createWake } from '../../src/sdk/wake.ts'

// A page without a network said so only after seven seconds, although the browser knew it at once.
test('a socket is given up sooner when the browser knows that there is no network', () => {
  const waited: (number | undefined)[] = []
  const request = ((_name, _params, options) => {
    waited.push(options?.timeoutMs)
    return Promise.reject(Object.assign(new Error(), { code: 'timeout' }))
  }) as Requests['request']
  const connection = { isLive: () => true, reconnectNow: () => {}, drop: () => {} }
  const wake = createWake(connection, { request } as Requests)
  const online = Object.getOwnPropertyDescriptor(navigator, 'onLine')
  try {
    for (const onLine of [true, false]) {
      Object.defineProperty(navigator, 'onLine', { value: onLine, configurable: true })
      wake()
    }
  } finally {
    if (online) Object.defineProperty(navigator, 'onLine', online)
    else Reflect.deleteProperty(navigator, 'onLine')
  }
  expect(waited).toEqual([5_000, 1_000])
})
