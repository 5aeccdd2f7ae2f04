import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findViolations } from '../../src/bench/check.ts'
import { monotonicUs } from '../../src/bench/clock.ts'
import { createGuest } from '../../src/bench/load/guest.ts'
import { readHistory } from '../../src/bench/recorded.ts'
import { openRecorder } from '../../src/bench/recorder.ts'
import { waitFor } from '../support/client.ts'

const directory = mkdtempSync(join(tmpdir(), 'parley-guest-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const room = 'pier'
const window = 3

/**
 * Refuses the first two of three messages for the moment, in two frames that arrive together. The third came after these had left,
 * and is stored. On the next connection it stores what it has not.
 */
function serveRefusing() {
  const stored: string[] = []
  let connections = 0
  let arrived: string[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request, serving) => (serving.upgrade(request) ? undefined : new Response(null, { status: 400 })),
    websocket: {
      open(socket) {
        connections++
        arrived = []
        socket.send(JSON.stringify({ type: 'hello' }))
      },
      message(socket, text) {
        const { type, ref } = JSON.parse(String(text)) as { type: string; ref: string }
        const reply = (data: object) => socket.send(JSON.stringify({ type: 'reply', ref, data }))
        if (type === 'room.subscribe') reply({ mode: 'replay', head: 0 })
        if (type !== 'message.send') return
        const store = () => {
          if (!stored.includes(ref)) stored.push(ref)
          reply({ seq: stored.indexOf(ref) + 1 })
        }
        if (connections > 1) return store()
        arrived.push(ref)
        if (arrived.length < window) return
        socket.cork(() => {
          for (const refused of arrived.slice(0, -1))
            socket.send(JSON.stringify({ type: 'error', ref: refused, code: 'unavailable' }))
          store()
        })
      },
    },
  })
  return { url: server.url.href.replace(/\/$/, ''), stored, stop: () => server.stop(true) }
}

/** Removes a guest who leaves, and refuses the first two who want to join again, because they ask too often. */
function serveLeaving() {
  let refusals = 2
  let isMember = true
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request, serving) => (serving.upgrade(request) ? undefined : new Response(null, { status: 400 })),
    websocket: {
      open: (socket) => void socket.send(JSON.stringify({ type: 'hello' })),
      message(socket, text) {
        const { type, ref } = JSON.parse(String(text)) as { type: string; ref: string }
        const reply = (data: object) => socket.send(JSON.stringify({ type: 'reply', ref, data }))
        const refuse = (code: string) => void socket.send(JSON.stringify({ type: 'error', ref, code }))
        if (type === 'room.leave') {
          isMember = false
          reply({})
        } else if (type === 'room.join') {
          if (refusals-- > 0) return refuse('rate_limited')
          isMember = true
          reply({})
        } else if (type === 'room.subscribe') {
          const events = [{ type: 'room.updated', seq: isMember && refusals < 0 ? 2 : 1 }]
          if (isMember) reply({ mode: 'replay', head: 1, events })
          else refuse('not_found')
        }
      },
    },
  })
  return { url: server.url.href.replace(/\/$/, ''), stop: () => server.stop(true) }
}

/** Seen before: it took the refusal for a reply, and knocked without end at a room that it was not in. */
test('a guest that may not rejoin a room for the moment asks again', async () => {
  const recorder = openRecorder(join(directory, 'left.jsonl'))
  const server = serveLeaving()
  const guest = createGuest(
    {
      username: 'ben',
      token: 'none',
      address: () => server,
      rooms: [{ id: room, epoch: 'e' }],
      window: 0,
      recorder,
      answered: () => undefined,
      delivered: () => undefined,
    },
    monotonicUs,
  )
  await waitFor('the guest to listen', () => guest.positionIn(room) === 1)
  await guest.leaveAndReturn(room)
  await waitFor('the guest to listen again', () => guest.positionIn(room) === 2)
  guest.close()
  await server.stop()
  await recorder.close()
})

test('a guest that gives up its connection after a refusal for the moment says that there may have been more of them', async () => {
  const path = join(directory, 'history.jsonl')
  const recorder = openRecorder(path)
  const server = serveRefusing()
  const guest = createGuest(
    {
      username: 'ben',
      token: 'none',
      address: () => server,
      rooms: [{ id: room, epoch: 'e' }],
      window,
      recorder,
      answered: () => undefined,
      delivered: () => undefined,
    },
    monotonicUs,
  )
  await waitFor('the guest to be greeted', () => guest.isConnected())
  guest.talk()
  guest.fallSilent()
  await waitFor('every message to be answered', () => guest.unanswered() === 0)
  guest.close()
  await server.stop()
  for (const [index, client_id] of server.stored.entries()) {
    const content = `${client_id} says something to ${room}`
    recorder.note({ what: 'stored', room, seq: index + 1, actor: 'ben', client_id, content })
  }
  await recorder.close()
  const history = await readHistory(path)
  const [first, second, third] = history.sends.map(({ clientId }) => clientId)
  expect(server.stored).toEqual([third!, first!, second!])
  expect(findViolations(history).filter(({ kind }) => kind === 'reordered')).toEqual([])
})
