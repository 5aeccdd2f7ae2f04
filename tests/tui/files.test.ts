import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cast, makeRoom } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { sendFile } from '../support/files.ts'
import { pdf, photo } from '../support/media.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { hasTmux, sitDown, type Terminal } from './terminal.ts'

describe.skipIf(!hasTmux)('files in a terminal', () => {
  let server: TestServer
  let ben: Person
  let room: string
  let terminal: Terminal
  const directory = mkdtempSync(join(tmpdir(), 'parley-files-'))

  beforeAll(async () => {
    server = await startServer({ settings: { FILE_BYTES: '1MB' } })
    const people = await cast(server)
    ben = people.ben
    room = await makeRoom(server, people.ben, [people.cleo])
    terminal = sitDown({
      words: ['--url', server.url, '--room', room],
      env: { PARLEY_TOKEN: people.cleo.token },
      cwd: directory,
      columns: 200,
    })
    await terminal.sees(/ \d online$/m)
  })
  afterAll(async () => {
    terminal?.close()
    await server?.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  const read = async (name: string) => Buffer.from(await Bun.file(join(directory, name)).arrayBuffer())

  test('/upload sends a file by its path, and the line says what it is', async () => {
    await Bun.write(join(directory, 'the plan.pdf'), pdf)
    terminal.say('/upload "the plan.pdf"')
    await terminal.sees(/\[the plan\.pdf\] application\/pdf, \d+ B: \/save #\d+/)
    const { items } = (await rest(server, ben).get(`/rooms/${room}/messages`)).body
    expect(items.at(-1).files).toMatchObject([{ name: 'the plan.pdf', type: 'application/pdf' }])
  })

  test('a file that is not there, a folder, and one that is too large are refused before anything is sent', async () => {
    terminal.say('/upload nowhere.pdf')
    await terminal.sees(/There is no file .*nowhere\.pdf/s)
    terminal.press('C-u')
    terminal.say(`/upload ${directory}`)
    await terminal.sees('Pack a folder into a zip file')
    terminal.press('C-u')
    await Bun.write(join(directory, 'large.bin'), new Uint8Array(1_000_001))
    terminal.say('/upload large.bin')
    await terminal.sees('large.bin is too large: this server takes files of up to 1 MB.')
    terminal.press('C-u')
  })

  test('/save saves what a message has, never over another file, and never as a hidden one', async () => {
    const picture = await photo(80, 60)
    const { seq } = await sendFile(server, ben, room, picture, 'harbour.jpg')
    await terminal.sees(`[harbour.jpg] image/jpeg`)
    await Bun.write(join(directory, 'harbour.jpg'), 'mine')
    terminal.say(`/save #${seq}`)
    await terminal.sees(/Saved [\s\S]*harbour \(2\)\.jpg/)
    expect((await read('harbour.jpg')).toString()).toBe('mine')
    expect((await read('harbour (2).jpg')).subarray(0, 2).toString('hex')).toBe('ffd8')

    const hidden = await sendFile(server, ben, room, 'alias ls=rm', '.bashrc')
    await terminal.sees('.bashrc]')
    terminal.say(`/save ${hidden.seq}`)
    await terminal.sees(/Saved [\s\S]*bashrc, 11 B/)
    expect((await read('bashrc')).toString()).toBe('alias ls=rm')
    expect(await Bun.file(join(directory, '.bashrc')).exists()).toBe(false)
    terminal.say('/save #1')
    await terminal.sees(/Usage: \/save|does not exist/)
  })
})
