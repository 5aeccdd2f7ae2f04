import { afterEach, expect, test } from 'bun:test'
import { connect, type Socket } from 'node:net'
import { cast, makeRoom } from '../support/cast.ts'
import { type Person, waitFor } from '../support/client.ts'
import { download, sendFile } from '../support/files.ts'
import { serverFor } from '../support/server.ts'

const at = serverFor({ settings: { FILE_BYTES: '25MB' } }, async (server) => {
  const people = await cast(server)
  const room = await makeRoom(server, people.ben, [people.cleo])
  // More than the sockets of a system hold, so that the server has to wait for who asked.
  const { files } = await sendFile(server, people.ben, room, new Uint8Array(16_000_000))
  return { ...people, id: files[0].id as string }
})

const open: Socket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy()
})

/** Asks for the file, reads the beginning of the response, and takes nothing more. Resolves with the status. */
function askAndStop(person: Person): Promise<number> {
  const { server, id } = at()
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write(
        `GET /files/${id} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${person.token}\r\n\r\n`,
      ),
    )
    socket.once('data', (beginning) => {
      socket.pause()
      resolve(Number(beginning.toString('latin1').slice(9, 12)))
    })
    socket.on('error', reject)
    open.push(socket)
  })
}

const statusFor = async (person: Person): Promise<number> => {
  const response = await download(at().server, person, at().id, { range: 'bytes=0-9' })
  await response.arrayBuffer()
  return response.status
}

// Each kept a file and a megabyte of memory for four minutes, and there was no limit of them.
test('a person who asks for files and reads none of them gets 64, and keeps nobody else waiting', async () => {
  const { ben, cleo } = at()
  const statuses: number[] = []
  for (let count = 0; count < 70; count++) statuses.push(await askAndStop(ben))
  expect(statuses).toEqual([...Array(64).fill(200), ...Array(6).fill(429)])
  expect(await statusFor(ben)).toBe(429)
  expect(await statusFor(cleo)).toBe(206)
  for (const socket of open.splice(0)) socket.destroy()
  await waitFor('room for another', async () => (await statusFor(ben)) === 206)
})
