import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createZstdCompress } from 'node:zlib'
import { factLine, magic } from '../../src/archive/format.ts'
import { openBackup } from '../../src/archive/restore.ts'
import { unpack } from '../../src/archive/unpack.ts'
import type { ChatError } from '../../src/protocol/errors.ts'
import { migrations } from '../../src/storage/migrations.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { fromSource, repository } from '../support/child.ts'
import { onBothDatabases, startServer } from '../support/server.ts'
import { backupOf, contentsOf, emptyTarget, inPieces, restoreInto } from './support.ts'

const root = mkdtempSync(join(tmpdir(), 'parley-hostile-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined
  return () => {
    made ??= make()
    return made
  }
}

function sealed(zipped: Uint8Array): Buffer {
  const file = Buffer.concat([Buffer.from(magic), zipped])
  const seal = new Bun.CryptoHasher('sha256').update(file).digest('hex')
  return Buffer.concat([file, Buffer.from(`\nsha256 ${seal}\n`)])
}

const header = { program: 'x', at: 'x', database: 'embedded', schema: { when: 1, tag: 'x' } } as const

// A backup of 97 kB with one line of 3 GB filled the memory and did not end.
test('a line that only fills the memory is refused before it has come to its end', async () => {
  const line = `["users",{"username":"${'a'.repeat(16 << 20)}"}]\n`
  const file = sealed(Bun.zstdCompressSync(Buffer.from(factLine({ header }) + line)))
  const lines = unpack(inPieces(file, 64))
  expect((await lines.next()).value).toHaveProperty('header')
  expect(await lines.next().catch((error) => error.reason)).toBe('backup_damaged')
})

test('a small file that unpacks to half a gigabyte costs no more memory than one that does not', async () => {
  const peakOf = async (name: string, megabytes: number) => {
    const zip = createZstdCompress()
    const zipped = new Response(zip as unknown as ReadableStream).bytes()
    const write = (bytes: Buffer) => new Promise((done) => zip.write(bytes, done))
    await write(Buffer.from(factLine({ header: { ...header, schema: migrations.at(-1)! } })))
    const piece = Buffer.alloc(1 << 20, 'a')
    for (let written = 0; written < megabytes; written++) await write(piece)
    zip.end()
    const file = sealed(await zipped)
    expect(file.length).toBeLessThan(200_000)
    writeFileSync(join(root, name), file)
    const child = Bun.spawn([...fromSource, 'restore', join(root, name)], {
      cwd: repository,
      env: { PATH: process.env.PATH!, DATA_DIR: join(root, 'data') },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    expect(await new Response(child.stderr).text()).toStartWith('parley: The backup is damaged')
    expect(await child.exited).toBe(1)
    return child.resourceUsage()!.maxRSS
  }
  const usual = await peakOf('small', 1)
  expect(await peakOf('large', 512)).toBeLessThan(usual + (120 << 20))
})

/** The lines of a backup after `change`, as a file whose checksum is right. */
async function changed(file: Buffer, change: (lines: string[]) => string[]): Promise<Buffer> {
  const zipped = file.subarray(magic.length, file.length - '\nsha256 '.length - 65)
  const lines = Bun.zstdDecompressSync(zipped).toString().trimEnd().split('\n')
  return sealed(Bun.zstdCompressSync(`${change(lines).join('\n')}\n`))
}

/** Replaces this in the first row of the table that has it. */
const replacing = (table: string, what: RegExp, by: string) => (lines: string[]) => {
  const at = lines.findIndex((line) => line.startsWith(`["${table}"`) && what.test(line))
  return lines.with(at, lines[at]!.replace(what, by))
}

/** What somebody else than Parley wrote; and what came of it: words of the database, or of a parser. */
const hostile: Record<string, (lines: string[]) => string[]> = {
  'a room without an id': replacing('rooms', /"id":"[^"]+"/, '"id":null'),
  'a room that is there twice': (lines) => {
    const at = lines.findIndex((line) => line.startsWith('["rooms"'))
    return lines.toSpliced(at, 0, lines[at]!)
  },
  'a room with a text as its key': replacing('rooms', /"key":\d+/, '"key":"x"'),
  'a row that is no JSON': replacing('rooms', /"id":/, '"id"'),
  'a text that is a number': replacing('log', /"body":"[^"]+"/, '"body":7'),
  'a time that is none': replacing('log', /"at":"[^"]+"/, '"at":"soon"'),
  'a member of no room': replacing('members', /"room_key":\d+/, '"room_key":99999'),
  'a NUL in a name': replacing('users', /"display_name":"/, '"display_name":"\\u0000'),
  'no keys': (lines) => lines.map((line) => (line.startsWith('{"ring"') ? '{"ring":[]}' : line)),
  'counters of nothing': (lines) =>
    lines.map((line) => line.replace(/"counters":\{/, '"counters":{"a.b":1,')),
}

/** Of a small community; both databases get the same. */
const backup = once(async () => {
  const server = await startServer()
  const { ada, ben } = await cast(server)
  await post(server, ben, await makeRoom(server, ada, [ben]), 'Hello')
  const file = await backupOf(server.tools)
  await server.stop()
  return file
})

test('a line that is no row and a header that is none are refused while they are read', async () => {
  const file = await backup()
  const read = async (change: (lines: string[]) => string[]) => {
    const { lines } = await openBackup(inPieces(await changed(file, change)))
    for await (const _ of lines);
  }
  await read((lines) => lines)
  for (const line of ['7', 'null', '[]', '"x"', '["users",7]']) {
    const error = await read((lines) => lines.toSpliced(3, 0, line)).catch((error) => error)
    expect([line, error?.reason]).toEqual([line, 'backup_damaged'])
  }
  for (const line of ['{"header":7}', '{"header":{"schema":{}}}', '{"header":{"schema":{"when":"x"}}}']) {
    const error = await read((lines) => lines.with(0, line)).catch((error) => error)
    expect([line, error?.reason]).toEqual([line, 'backup_damaged'])
  }
})

await onBothDatabases((database) => {
  test('a row that Parley did not write is refused with its line, and what is there stays', async () => {
    const file = await backup()
    const target = await emptyTarget(database)
    await restoreInto(target, file)
    const before = await contentsOf(target.storage, target.keyring)
    for (const [what, change] of Object.entries(hostile)) {
      const bad = await changed(file, change)
      const error: ChatError = await restoreInto(target, bad, { replace: true }).then(
        () => ({ reason: 'restored' }),
        (error) => error,
      )
      expect([what, error.reason, error.message]).toEqual([
        what,
        'backup_line_wrong',
        expect.stringMatching(/^The backup has a row .+ in line \d+(–\d+)?\. Nothing was changed\.$/),
      ])
    }
    const empty = await changed(file, (lines) => lines.toSpliced(3, 0, '{}'))
    const error = await restoreInto(target, empty, { replace: true }).catch((error) => error)
    expect(error.reason).toBe('backup_damaged')
    expect(await contentsOf(target.storage, target.keyring)).toEqual(before)
    await target.close()
  })
})
