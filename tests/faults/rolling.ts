import { mkdtempSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { freePort } from '../../src/bench/free-port.ts'
import { createClient } from '../../src/sdk/client.ts'
import { tokenSession } from '../../src/sdk/credentials.ts'
import { signUp } from '../support/cast.ts'
import { type Child, startChild } from '../support/child.ts'
import { rest, waitFor } from '../support/client.ts'
import type { Place } from './place.ts'

export type Rolled = {
  /** Contents that were sent, and of them those without an acknowledgement in the end. */
  sent: string[]
  unanswered: string[]
  /** Contents as they are stored, in order. */
  stored: string[]
  /** People whose client has ended. */
  signedOut: string[]
  /** The most upgrades that came within one second after a restart began. */
  mostUpgradesASecond: number
  /** People who were said to be offline, though they had only lost a node. */
  saidOffline: string[]
  exits: number[]
}

/** A balancer that knows nothing of the nodes: it goes on to the next one where nobody listens. */
async function openBalancer(ports: readonly number[]) {
  const upgrades: number[] = []
  let turn = 0
  const server = createServer((near) => {
    near.on('error', () => near.destroy())
    near.once('data', (first) => {
      if (/^upgrade: websocket/im.test(String(first))) upgrades.push(performance.now())
      near.pause()
      tryNext(turn++, ports.length)
      function tryNext(at: number, left: number): void {
        if (left === 0) return void near.destroy()
        const far = connect(ports[at % ports.length]!, '127.0.0.1')
        const refused = () => tryNext(at + 1, left - 1)
        far.once('error', refused)
        far.once('connect', () => {
          far.off('error', refused).on('error', () => near.destroy())
          far.write(first)
          near.pipe(far).pipe(near)
          near.on('close', () => far.destroy())
          far.on('close', () => near.destroy())
        })
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, upgrades, server }
}

/** Restarts three nodes one after the other, `restarts` times, while people talk through a balancer. */
export async function rollRestarts(place: Place, restarts: number, people = 12): Promise<Rolled> {
  const ports = [await freePort(), await freePort(), await freePort()]
  const directories = ports.map(() => mkdtempSync(join(place.env.DATA_DIR!, 'node-')))
  const start = (at: number) =>
    startChild({ env: { ...place.env, DATA_DIR: directories[at]! }, words: ['--port', String(ports[at])] })
  const nodes: Child[] = []
  for (const at of ports.keys()) nodes.push(await start(at))
  const balancer = await openBalancer(ports)
  const names = Array.from({ length: people }, (_, index) => `roller${index}`)
  const result: Rolled = {
    sent: [],
    unanswered: [],
    stored: [],
    signedOut: [],
    mostUpgradesASecond: 0,
    saidOffline: [],
    exits: [],
  }
  const acknowledged = new Set<string>()
  const clients = await Promise.all(
    names.map(async (name) => {
      const { token, refreshToken } = await signUp(balancer, name)
      await rest(balancer, { token }).put('/rooms/general/members/me', {})
      const session = tokenSession({ access_token: token, refresh_token: refreshToken })
      const client = createClient({ url: balancer.url, session })
      client.on('presence.changed', ({ offline = [] }) => result.saidOffline.push(...offline))
      client.connect()
      await client.ready()
      await client.room('general').open()
      return client
    }),
  )
  let stopped = false
  const talks = clients.map(async (client, index) => {
    for (let round = 0; !stopped; round++) {
      const content = `${names[index]} ${round}`
      result.sent.push(content)
      await client
        .room('general')
        .send(content)
        .then(
          () => acknowledged.add(content),
          () => {},
        )
      await Bun.sleep(20)
    }
  })
  const began = balancer.upgrades.length
  for (let restart = 0; restart < restarts; restart++) {
    const at = restart % nodes.length
    nodes[at]!.signal('SIGTERM')
    result.exits.push(await nodes[at]!.exited)
    nodes[at] = await start(at)
    await waitFor('everybody', () =>
      clients.every(({ state }) => state.status !== 'offline' && state.status !== 'connecting'),
    )
  }
  stopped = true
  await Promise.all(talks)
  const { token } = await signUp(balancer, 'reader')
  await rest(balancer, { token }).put('/rooms/general/members/me', {})
  for (let since: number | undefined = 0; since !== undefined; ) {
    const { body } = await rest(balancer, { token }).get(`/rooms/general/log?since=${since}`)
    for (const { message } of body.items) if (message) result.stored.push(message.content)
    since = body.next
  }
  result.unanswered = result.sent.filter((content) => !acknowledged.has(content))
  result.signedOut = names.filter((_, index) => clients[index]!.state.status === 'ended')
  const times = balancer.upgrades.slice(began)
  result.mostUpgradesASecond = Math.max(
    0,
    ...times.map((from) => times.filter((each) => each >= from && each < from + 1000).length),
  )
  for (const client of clients) client.close()
  for (const node of nodes) node.signal('SIGTERM')
  await Promise.all(nodes.map(({ exited }) => exited))
  balancer.server.close()
  return result
}
