import { expect, test } from 'bun:test'
import { factLine, magic } from '../../src/archive/format.ts'
import { unpack } from '../../src/archive/unpack.ts'
import { inPieces } from './support.ts'

// A backup of 97 kB with one line of 3 GB filled the memory and did not end.
test('a line that only fills the memory is refused before it has come to its end', async () => {
  const header = { program: 'x', at: 'x', database: 'embedded', schema: { when: 1, tag: 'x' } } as const
  const line = `["users",{"username":"${'a'.repeat(16 << 20)}"}]\n`
  const zipped = Bun.zstdCompressSync(Buffer.from(factLine({ header }) + line))
  const sealed = Buffer.concat([Buffer.from(magic), zipped])
  const seal = new Bun.CryptoHasher('sha256').update(sealed).digest('hex')
  const file = Buffer.concat([sealed, Buffer.from(`\nsha256 ${seal}\n`)])
  const lines = unpack(inPieces(file, 64))
  expect((await lines.next()).value).toHaveProperty('header')
  expect(await lines.next().catch((error) => error.reason)).toBe('backup_damaged')
})
