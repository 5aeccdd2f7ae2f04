import { expect, test } from 'bun:test'
import type { Bus, Note, PresenceDigests } from '../../src/bus/bus.ts'
import { mostNamed } from '../../src/features/presence/changes.ts'
import {
  arrive,
  countOnline,
  depart,
  isOnline,
  onlineIn,
  openPresence,
  stopPresence,
} from '../../src/features/presence/online.ts'
import type { Person, Tools } from '../../src/scope.ts'
import { waitFor } from '../support/client.ts'
import { type Carry, linkedBuses } from '../support/linked-buses.ts'

const room = { key: 1, id: 'general', epoch: 'e' }
const other = { key: 2, id: 'harbour', epoch: 'e' }

function open(bus: Bus): Tools {
  const policy = { presenceReturnMs: 20_000 }
  const tools = { bus, memory: new Map(), policy } as unknown as Tools
  openPresence(tools)
  return tools
}

const fans = (count: number): Person[] =>
  Array.from({ length: count }, (_, n) => ({ id: crypto.randomUUID(), username: `fan-${n}` }) as Person)

const presenceOf = (note: Note): PresenceDigests[] =>
  note.to === 'nodes' && note.change.what === 'presence' ? [note.change] : []
const usernames = (tools: Tools): string =>
  onlineIn(tools, room.key)
    .map(({ username }) => username)
    .sort()
    .join()

/** Two nodes; what the second has sent of presence, and how many events the sockets of the first got. */
function linked(carry?: Carry) {
  const link = linkedBuses(2, carry ? { carry } : {})
  const [here, there] = link.buses.map(open) as [Tools, Tools]
  const notes: PresenceDigests[] = []
  const events: string[] = []
  here.bus.subscribe((note, node) => {
    if (node === there.bus.node) notes.push(...presenceOf(note))
    else if (note.to === 'room') events.push(note.text)
  })
  const close = () => [here, there].forEach(stopPresence)
  return { ...link, here, there, notes, events, close }
}

test('a crowd costs a digest a second, with each person in it once, and a few events', async () => {
  const { here, there, notes, events, close } = linked()
  arrive(here, room, fans(1)[0]!)
  const crowd = fans(mostNamed - 1)
  for (const [n, fan] of crowd.entries()) {
    // Several sockets, and other rooms: neither is sent again.
    arrive(there, room, fan)
    arrive(there, room, fan)
    if (n % 33 === 0) await Bun.sleep(150)
  }
  await waitFor('everybody', () => countOnline(here, room.key) === mostNamed)
  const sent = notes.flatMap(({ rooms }) => rooms)
  const names = sent.flatMap((digest) =>
    'came' in digest ? digest.came : 'names' in digest ? digest.names : [],
  )
  // Everything is sent once more to a node that is new.
  expect(names.length).toBeLessThanOrEqual(2 * crowd.length)
  expect(sent.length).toBeLessThanOrEqual(4)
  expect(events.length).toBeLessThanOrEqual(2)
  close()
})

test('of more people than presence names, other nodes know only how many', async () => {
  const { here, there, notes, close } = linked()
  const crowd = fans(mostNamed + 100)
  for (const fan of crowd) arrive(there, room, fan)
  await waitFor('the number', () => countOnline(here, room.key) === crowd.length)
  expect(onlineIn(here, room.key)).toEqual([])
  expect(JSON.stringify(notes).length).toBeLessThan(1000)
  // Somebody of whom the other node says in another room that they are online there.
  arrive(there, other, crowd[0]!)
  await waitFor('the first', () => isOnline(here, other.key, crowd[0]!.id))
  expect([isOnline(here, room.key, crowd[0]!.id), isOnline(here, room.key, crowd[1]!.id)]).toEqual([
    true,
    false,
  ])
  for (const fan of crowd.slice(10)) depart(there, room, fan, false)
  await waitFor('names again', () => onlineIn(here, room.key).length === 10)
  expect(countOnline(here, room.key)).toBe(10)
  close()
})

test('digests that are lost, repeated and late are repaired', async () => {
  let turn = 0
  const { here, there, link, close } = linked((note, pass) => {
    if (presenceOf(note).length === 0) return void setTimeout(pass)
    const fate = turn++ % 4
    if (fate === 0) return
    setTimeout(pass, fate === 1 ? 300 : 0)
    if (fate === 2) setTimeout(pass, 50)
  })
  const crowd = fans(60)
  for (let round = 0; round < 6; round++) {
    for (const fan of crowd.slice(0, 40)) arrive(there, room, fan)
    await Bun.sleep(250)
    for (const fan of crowd.slice(0, 20 + round)) depart(there, room, fan, false)
    for (const fan of crowd.slice(20 + round, 40)) depart(there, room, fan, false)
    await Bun.sleep(250)
  }
  for (const fan of crowd.slice(30)) arrive(there, room, fan)
  await waitFor('the same on both', () => usernames(here) !== '' && usernames(here) === usernames(there))
  link.carry = (_, pass) => void setTimeout(pass)
  depart(there, room, crowd[30]!, false)
  await waitFor('the same on both', () => countOnline(here, room.key) === 29)
  expect(usernames(here)).toBe(usernames(there))
  close()
})

test('a note that comes again, and late, brings nobody back', async () => {
  const { here, there, close } = linked((note, pass) => {
    setTimeout(pass)
    if (presenceOf(note).length > 0) setTimeout(pass, 1500)
  })
  const [cleo, dan] = fans(2) as [Person, Person]
  arrive(here, room, dan)
  arrive(there, room, cleo)
  await waitFor('both', () => countOnline(here, room.key) === 2)
  await Bun.sleep(1000)
  depart(there, room, cleo, false)
  await waitFor('offline', () => !isOnline(here, room.key, cleo.id))
  for (let at = 0; at < 160; at++) {
    await Bun.sleep(10)
    expect(countOnline(here, room.key)).toBe(1)
  }
  close()
})

test('after a gap everything is asked for, and somebody who went meanwhile is offline', async () => {
  const { here, there, cut, mend, notes, close } = linked()
  const [cleo, dan] = fans(2) as [Person, Person]
  arrive(there, room, cleo)
  arrive(here, room, dan)
  await waitFor('both on both', () => countOnline(here, room.key) === 2 && countOnline(there, room.key) === 2)
  // What each asked for when it started has come.
  await Bun.sleep(2500)
  cut()
  depart(there, room, cleo, false)
  let lost = 0
  there.bus.subscribe((note, node) => {
    if (node === there.bus.node) lost += presenceOf(note).length
  })
  await waitFor('the digest that is lost', () => lost > 0)
  mend()
  await waitFor('offline here', () => !isOnline(here, room.key, cleo.id))
  expect(countOnline(here, room.key)).toBe(1)
  // Not because of a number that was missing later.
  expect(notes.filter(({ rooms, part }) => rooms.length === 0 && !part)).toEqual([])
  close()
})

test('a node alone tells nothing and remembers nothing to tell', async () => {
  const { buses } = linkedBuses(1)
  const tools = open(buses[0]!)
  const notes: Note[] = []
  tools.bus.subscribe((note) => notes.push(note))
  for (const fan of fans(50)) arrive(tools, room, fan)
  for (const fan of fans(5)) arrive(tools, room, fan)
  await Bun.sleep(300)
  expect(notes.filter(({ to }) => to === 'nodes')).toEqual([])
  stopPresence(tools)
})
