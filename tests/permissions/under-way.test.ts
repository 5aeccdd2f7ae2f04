import { beforeAll, describe, expect, test } from 'bun:test'
import { scopeOf } from '../../src/features/auth/sessions.ts'
import { exportOwn } from '../../src/features/exports/own.ts'
import { exportRoom } from '../../src/features/exports/room.ts'
import { downloadFile } from '../../src/features/files/download.ts'
import type { Scope } from '../../src/scope.ts'
import { meet } from '../features/listener.ts'
import { acquaint, cast, makeRoom } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { sendFile } from '../support/files.ts'
import { onBothDatabases, serverFor, type TestServer } from '../support/server.ts'
import { slowQuery, valuesOf } from './slow.ts'
import { done } from './world.ts'

/*
 * A response that takes long and the loss of the right to it. Responses are read here without a network, whose buffers take some megabytes
 * that nobody can take back.
 */

const fileBytes = 2_000_000
/** What is in memory between the file and its reader. */
const underWay = 600_000

type Loss = (race: {
  server: TestServer
  ada: Person
  ben: Person
  ann: Person
  room: string
}) => Promise<unknown>

const losses: Record<string, Loss> = {
  'is removed': ({ server, ben, ann, room }) =>
    done(server, ben, 'DELETE', `/rooms/${room}/members/${ann.username}`),
  'is banned': ({ server, ada, ann }) => done(server, ada, 'PUT', `/users/${ann.username}/ban`),
  'signs out': ({ server, ann }) => done(server, ann, 'POST', '/auth/logout'),
  'had the room until it was deleted': ({ server, ben, room }) =>
    done(server, ben, 'DELETE', `/rooms/${room}`),
}

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  // Whether a file is still there is asked once a second, of an operator's server.
  beforeAll(() => {
    at().server.tools.policy.files.lookAgainMs = 0
  })

  async function prepare() {
    const { server, ada, ben } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    await acquaint(server, ben, ann)
    const room = await makeRoom(server, ben, [ann], { access: 'closed' })
    await rest(server, ben).put(`/rooms/${room}/members/${ann.username}`, { role: 'owner' })
    const bytes = crypto.getRandomValues(new Uint8Array(65_536))
    const whole = Buffer.concat(Array.from({ length: Math.ceil(fileBytes / bytes.length) }, () => bytes))
    const { files, seq } = await sendFile(server, ben, room, whole, 'large.bin')
    return { server, ada, ben, ann, room, seq: seq as number, id: files[0].id as string, whole }
  }

  // Somebody who read slowly got the rest of the file for minutes after they were removed, banned or signed out.
  describe('a download ends when its reader', () => {
    test.each(Object.entries(losses))('%s', async (_, lose) => {
      const race = await prepare()
      const scope = await scopeFor(race.server, race.ann)
      const reading = read(await downloadFile(scope, race.id, request()))
      await reading.some()
      await lose(race)
      expect(await reading.rest()).toBe('cut')
      expect(reading.bytes()).toBeLessThan(underWay)
    })
  })

  test('a download ends when its message is deleted, and goes on while nothing of that happens', async () => {
    const { server, ben, ann, room, seq, id, whole } = await prepare()
    const scope = await scopeFor(server, ann)
    const kept = read(await downloadFile(scope, id, request()))
    expect([await kept.rest(), kept.bytes()]).toEqual(['whole', whole.length])

    const lost = read(await downloadFile(scope, id, request()))
    await lost.some()
    await done(server, ben, 'DELETE', `/rooms/${room}/messages/${seq}`)
    expect(await lost.rest()).toBe('cut')
    expect(lost.bytes()).toBeLessThan(underWay)
  })

  // The rooms of a person are read first, and then what each is called.
  test('a person who is removed while they are greeted sees nothing of the room that came after that', async () => {
    const { server, ben, ann, room } = await prepare()
    const other = await makeRoom(server, ben, [ann], { access: 'closed', title: 'Still theirs' })
    const slow = slowQuery(server.tools, ...(await valuesOf(server.tools, room)))
    const opening = socketOf(server, ann)
    await slow.begun
    await done(server, ben, 'DELETE', `/rooms/${room}/members/${ann.username}`)
    await done(server, ben, 'PATCH', `/rooms/${room}`, { title: 'A title for those who stayed' })
    slow.release()
    const socket = await opening
    const hello = await socket.next('hello')
    expect(JSON.stringify(hello)).not.toContain('those who stayed')
    expect(hello.rooms.map(({ id }: { id: string }) => id)).toContain(other)
    expect(hello.rooms.map(({ id }: { id: string }) => id)).not.toContain(room)
    await socket.close()
  })

  test('an export ends in the middle of a file when its owner is no owner any more', async () => {
    const { server, ben, ann, room } = await prepare()
    const reading = read(await exportRoom(await scopeFor(server, ann), room, {}, request()))
    while (reading.bytes() < 100_000) await reading.some()
    await done(server, ben, 'PUT', `/rooms/${room}/members/${ann.username}`, { role: 'member' })
    expect(await reading.rest()).toBe('cut')
    expect(reading.bytes()).toBeLessThan(underWay + 100_000)
  })

  test('an export of what is stored about a person ends in the middle of a file when they sign out', async () => {
    const { server, ann, room, whole } = await prepare()
    await sendFile(server, ann, room, whole, 'own.bin')
    const reading = read(exportOwn(await scopeFor(server, ann), {}, request()))
    while (reading.bytes() < 100_000) await reading.some()
    await done(server, ann, 'POST', '/auth/logout')
    expect(await reading.rest()).toBe('cut')
    expect(reading.bytes()).toBeLessThan(underWay + 100_000)
  })
})

const request = (): Request => new Request('http://localhost/')

async function scopeFor({ tools }: TestServer, { token }: Person): Promise<Scope> {
  const { sid, sub } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
  return scopeOf(tools, sid, sub)
}

function read({ body }: Response) {
  const reader = body!.getReader()
  let bytes = 0
  const some = async (): Promise<boolean> => {
    const { value, done } = await reader.read()
    bytes += value?.length ?? 0
    return !done
  }
  const rest = async (): Promise<'whole' | 'cut'> => {
    try {
      while (await some()) {}
      return 'whole'
    } catch {
      return 'cut'
    }
  }
  return { some, rest, bytes: () => bytes }
}
