import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { Bus, Note } from '../../src/bus/bus.ts'
import { waitFor } from '../support/client.ts'
import { type Engine, engines, ours } from './engines.ts'

type Heard = { note: Note; node: string }

function hearOn(bus: Bus): Heard[] {
  const heard: Heard[] = []
  bus.subscribe((note, node) => heard.push({ note, node: node! }))
  return heard
}

const user = (text: string): Note => ({ to: 'user', user: 'ben', text })
const textsIn = (heard: Heard[]) => heard.flatMap(({ note }) => ('text' in note ? [note.text] : []))
const until = (what: string, fact: () => boolean) => waitFor(what, () => fact() || undefined)

for (const { name, start, wired } of engines) {
  describe(`a bus over ${name}`, () => {
    let engine: Engine
    const open: Bus[] = []
    async function openMany(count: number, ...opening: Parameters<Engine['open']>): Promise<Bus[]> {
      const fresh: Bus[] = []
      for (let index = 0; index < count; index++)
        fresh.push(await engine.open({ expected: index, ...opening[0] }))
      open.push(...fresh)
      return fresh
    }
    beforeAll(async () => {
      engine = await start()
    })
    afterAll(async () => engine?.stop())
    afterEach(async () => {
      for (const bus of open.splice(0)) await bus.close()
    })

    test('tells each node of the others, and of one that stops at once', async () => {
      const [here, there] = (await openMany(2)) as [Bus, Bus]
      const changes: unknown[] = []
      here.onNode((node, alive) => changes.push([node, alive]))
      expect([...here.others()]).toContain(there.node)
      expect([...there.others()]).toContain(here.node)
      await there.close()
      await until('the end', () => changes.length > 0)
      expect(changes).toEqual([[there.node, false]])
      expect(here.others().has(there.node)).toBe(false)
    })

    test('brings every note to every node in the order of publishing, and to its own before it returns', async () => {
      const buses = await openMany(3)
      const heard = buses.map(hearOn)
      for (const bus of buses) await bus.listen(7)
      for (let round = 0; round < 300; round++) {
        for (const [index, bus] of buses.entries()) {
          bus.publish(user(`${index} ${round}`))
          expect(heard[index]!.at(-1)!.note).toEqual(user(`${index} ${round}`))
          bus.publish({ to: 'room', room: 7, text: `room ${index} ${round}` })
        }
        if (round % 10 === 0) await Bun.sleep(0)
      }
      buses[0]!.publish({ to: 'nodes', change: { what: 'user', user: 'ben' } })
      for (const [place, all] of heard.entries()) {
        await until('all', () => all.length >= 1801)
        for (const [index, bus] of buses.entries()) {
          const texts = textsIn(all.filter(({ node }) => node === bus.node))
          const published = Array.from({ length: 300 }, (_, round) => [
            `${index} ${round}`,
            `room ${index} ${round}`,
          ])
          expect([place, texts]).toEqual([place, published.flat()])
        }
        expect(all.filter(({ note }) => note.to === 'nodes')).toHaveLength(1)
      }
    })

    test('says how far the log of a room reaches, and who has left', async () => {
      const [here, there] = (await openMany(2)) as [Bus, Bus]
      await there.listen(9)
      const heard = hearOn(there)
      for (let seq = 1; seq <= 50; seq++)
        here.publish({ to: 'log', room: 9, seq, text: `{"seq":${seq}}`, ...(seq === 20 && { left: 'cleo' }) })
      here.publish(user('end'))
      await until('the last entry', () => heard.some(({ note }) => note.to === 'log' && note.seq === 50))
      const entries = heard.flatMap(({ note }) => (note.to === 'log' ? [note] : []))
      const seqs = entries.map(({ seq }) => seq)
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
      expect(entries.find(({ left }) => left)).toMatchObject({ seq: 20, left: 'cleo' })
      if (engine.whole) expect(entries.map(({ text }) => text)).toEqual(seqs.map((seq) => `{"seq":${seq}}`))
      else expect(entries.map(({ text }) => text)).toEqual(entries.map(() => undefined))
    })

    test('keeps what is for the sockets of one node there', async () => {
      const [here, there] = (await openMany(2)) as [Bus, Bus]
      await there.listen(3)
      const [own, other] = [hearOn(here), hearOn(there)]
      here.publish({ to: 'room', room: 3, text: 'here', here: true })
      here.publish({ to: 'room', room: 3, text: 'everywhere' })
      await until('the second', () => other.length > 0)
      expect([textsIn(own), textsIn(other)]).toEqual([['here', 'everywhere'], ['everywhere']])
    })

    test('brings everything of a room from the moment that somebody listens, again after somebody did not', async () => {
      const [here, there] = (await openMany(2)) as [Bus, Bus]
      const heard = hearOn(there)
      for (let round = 0; round < 5; round++) {
        await there.listen(11)
        here.publish({ to: 'room', room: 11, text: `${round}` })
        await until('the note', () => textsIn(heard).at(-1) === `${round}`)
        there.ignore(11)
        if (round % 2 === 0) there.ignore(12)
      }
      expect(textsIn(heard)).toEqual(['0', '1', '2', '3', '4'])
    })

    test('brings notes that are larger than what an engine carries at once', async () => {
      const [here, there] = (await openMany(2)) as [Bus, Bus]
      const heard = hearOn(there)
      const large = `${'ж🌍"\\\n'.repeat(60_000)}end`
      here.publish(user(large))
      for (let index = 0; index < 500; index++) here.publish(user(`${index}`.padEnd(2000, '.')))
      await until('all', () => heard.length >= 501)
      expect(textsIn(heard)[0] === large).toBe(true)
      expect(
        textsIn(heard)
          .slice(1)
          .map((text) => Number(text!.split('.')[0])),
      ).toEqual(Array.from({ length: 500 }, (_, index) => index))
    })

    test.skipIf(!wired)('carries nothing that can be read on the way', async () => {
      const seen: Buffer[] = []
      const cable = await engine.cable!((piece) => seen.push(Buffer.from(piece)))
      const [here, there] = (await openMany(2, { cable })) as [Bus, Bus]
      await there.listen(5)
      const heard = hearOn(there)
      here.publish({ to: 'log', room: 5, seq: 1, text: 'canary-of-the-log' })
      here.publish({ to: 'room', room: 5, text: 'canary-of-the-room' })
      here.publish({ to: 'user', user: 'canary-of-a-name', text: 'canary-of-a-user' })
      here.publish({ to: 'nodes', change: { what: 'user', user: 'canary-of-a-change' } })
      await until('all', () => heard.length === 4)
      const all = Buffer.concat(seen)
      expect(all.length).toBeGreaterThan(500)
      for (const form of ['utf8', 'base64', 'hex'] as const)
        expect([form, all.includes(Buffer.from('canary').toString(form).slice(0, 7))]).toEqual([form, false])
      expect(all.includes(ours.id.split('|')[0]!)).toBe(false)
      await cable.close()
    })

    test.skipIf(!wired)('uses nothing twice, even if somebody repeats all that was sent', async () => {
      const [here, there] = (await openMany(2)) as [Bus, Bus]
      await there.listen(5)
      const heard = hearOn(there)
      const tap = await engine.tap!()
      for (let index = 0; index < 5; index++) {
        here.publish({ to: 'room', room: 5, text: `room ${index}` })
        here.publish(user(`user ${index}`))
        await until('the note', () => textsIn(heard).includes(`user ${index}`))
      }
      await until('the room', () => heard.length === 10)
      // The tap may hear later than the other node.
      await until('the tap', () => tap.heard() >= 5)
      await tap.repeat()
      here.publish(user('end'))
      await until('the end', () => textsIn(heard).includes('end'))
      expect(heard).toHaveLength(11)
      await tap.close()
    })

    test.skipIf(!wired)('tells of a gap when its connection is lost, and is back', async () => {
      const cable = await engine.cable!()
      const [here] = await openMany(1)
      const [there] = await openMany(1, { cable, expected: 1 })
      await there!.listen(5)
      const heard = hearOn(there!)
      let gaps = 0
      there!.onGap(() => gaps++)
      cable.hold()
      cable.end()
      await until('the loss', () => !there!.isConnected())
      const began = performance.now()
      for (let index = 0; index < 100_000; index++) there!.publish(user('while away'.padEnd(300)))
      expect(performance.now() - began).toBeLessThan(3000)
      here!.publish({ to: 'room', room: 5, text: 'missed' })
      await there!.listen(6)
      let hereGaps = 0
      here!.onGap(() => hereGaps++)
      cable.release()
      await until('the return', () => there!.isConnected() && gaps > 0)
      // What it published while it was away is lost, and the other one hears of that too.
      await until('the gap of the other', () => hereGaps > 0)
      const marks = () =>
        textsIn(heard.filter(({ node }) => node === here!.node)).filter((text) => text !== 'missed')
      for (const room of [5, 6]) here!.publish({ to: 'room', room, text: `again ${room}` })
      await until('new notes', () => marks().length === 2)
      expect(marks().sort()).toEqual(['again 5', 'again 6'])
      expect([...here!.others()]).toEqual([there!.node])
      await cable.close()
    })

    test.skipIf(!wired)('notices a connection that carries nothing any more', async () => {
      const cable = await engine.cable!()
      const [here] = await openMany(1)
      const [there] = await openMany(1, { cable, expected: 1 })
      const heard = hearOn(there!)
      let gaps = 0
      there!.onGap(() => gaps++)
      cable.cut()
      await until('the loss', () => !there!.isConnected())
      await until('the return', () => there!.isConnected() && gaps > 0)
      here!.publish(user('again'))
      await until('a new note', () => textsIn(heard).includes('again'))
      await cable.close()
    })

    test.skipIf(!wired)('goes on telling of gaps as long as it is away', async () => {
      const cable = await engine.cable!()
      const [bus] = await openMany(1, { cable })
      let gaps = 0
      bus!.onGap(() => gaps++)
      cable.hold()
      cable.end()
      await until('two gaps', () => gaps >= 2)
      expect(bus!.isConnected()).toBe(false)
      cable.release()
      await cable.close()
    })

    test.skipIf(!wired)(
      'does not hear another community, and says why it does not start among it',
      async () => {
        const [here] = await openMany(1)
        const heard = hearOn(here!)
        const stranger = { key: new Uint8Array(32).fill(8), id: 'theirs|1' }
        const sameKey = { key: ours.key, id: 'ours|2' }
        const outcome = (community: typeof ours) =>
          engine.open({ community, expected: 1 }).then(
            (bus) => {
              bus.publish(user('from elsewhere'))
              bus.publish({ to: 'nodes', change: { what: 'user', user: 'ben' } })
              open.push(bus)
              return 'opened'
            },
            (error: Error) => error.message,
          )
        expect(await outcome(sameKey)).toContain('is the bus of another community')
        // On Redis its channels have other names.
        expect(await outcome(stranger)).toContain(
          name === 'Redis' ? 'opened' : 'is the bus of another community',
        )
        await Bun.sleep(100)
        expect(heard).toEqual([])
        expect(here!.others().size).toBe(0)
      },
    )
  })
}
