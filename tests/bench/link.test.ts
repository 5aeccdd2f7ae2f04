import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type Link, layLink } from '../../src/bench/nemesis/link.ts'
import { waitFor } from '../support/client.ts'

/** The way between a node and Postgres or the bus, which the nemesis breaks. */
describe('a link to a server that repeats what it hears', () => {
  let server: Server
  let link: Link
  let socket: Socket
  let heard = ''
  let closed = false

  function dial(): Socket {
    heard = ''
    closed = false
    const own = connect(link.port, '127.0.0.1')
    own.on('data', (piece) => {
      heard += piece.toString()
    })
    own.on('close', () => {
      closed = true
    })
    return own.on('error', () => undefined)
  }

  beforeAll(async () => {
    server = createServer((peer) => peer.pipe(peer).on('error', () => undefined))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    link = await layLink((server.address() as { port: number }).port)
    socket = dial()
  })
  afterAll(async () => {
    socket.destroy()
    await link.close()
    server.close()
  })

  test('passes everything on', async () => {
    socket.write('one')
    await waitFor('the echo', () => heard === 'one')
    expect(link.harm()).toEqual({ bytes: 0, connections: 0 })
  })

  test('passes nothing while it is cut, and says nothing of it; what was held back comes in order after it is mended', async () => {
    link.cut()
    socket.write(' two')
    await waitFor('what is held back', () => link.harm().bytes === 4)
    socket.write(' three')
    expect([heard, closed]).toEqual(['one', false])
    link.mend()
    await waitFor('the rest', () => heard === 'one two three')
  })

  test('keeps the order while it is slow, and takes so long each way', async () => {
    heard = ''
    link.slow(40)
    const began = performance.now()
    for (const piece of ['a', 'b', 'c']) socket.write(piece)
    await waitFor('the echo', () => heard === 'abc')
    expect(performance.now() - began).toBeGreaterThanOrEqual(78)
    expect(link.harm().bytes).toBe(6)
    link.mend()
  })

  test('ends and refuses connections when it refuses, and takes new ones after it is mended', async () => {
    link.refuse()
    await waitFor('its end', () => closed)
    dial()
    await waitFor('a refusal', () => closed)
    expect(link.harm().connections).toBe(2)
    link.mend()
    socket = dial()
    socket.write('again')
    await waitFor('the echo', () => heard === 'again')
  })
})
