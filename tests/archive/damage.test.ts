import { expect, test } from 'bun:test'
import { checkSeal } from '../../src/archive/unpack.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { onBothDatabases, startServer } from '../support/server.ts'
import { backupOf, contentsOf, emptyTarget, inPieces, restoreInto } from './support.ts'

const flipped = (file: Buffer, at: number): Buffer => {
  const copy = Buffer.from(file)
  copy[at]! ^= 4
  return copy
}

const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing was refused',
    (error: Error) => error.message,
  )

await onBothDatabases((database) => {
  test('a file that is not a whole backup is refused with a sentence, and what is there stays', async () => {
    const server = await startServer()
    const { ada, ben } = await cast(server)
    const room = await makeRoom(server, ada, [ben])
    for (let index = 0; index < 300; index++) await post(server, ben, room, crypto.randomUUID())
    const file = await backupOf(server.tools)
    await server.stop()

    const target = await emptyTarget(database)
    await restoreInto(target, file)
    const before = await contentsOf(target.storage, target.keyring)
    const bad: [Buffer, RegExp][] = [
      ...[30, 0.2, 0.5, 0.9].map((at): [Buffer, RegExp] => [
        flipped(file, at > 1 ? at : Math.floor(file.length * at)),
        /^The backup is damaged/,
      ]),
      ...[0.3, 0.99].map((part): [Buffer, RegExp] => [
        file.subarray(0, Math.floor(file.length * part)),
        /^The backup has no end/,
      ]),
      [file.subarray(0, file.length - 1), /^The backup has no end/],
      [flipped(file, file.length - 20), /^The backup (is damaged|has no end)/],
      [Buffer.concat([file, Buffer.from('!')]), /^The backup has no end/],
      [Buffer.alloc(0), /^This is not a backup of Parley/],
      [Buffer.from('{"hello":1}\n'), /^This is not a backup of Parley/],
      [Buffer.from('parley-backup 2\nsomething'), /^The backup is in form 2, and this Parley reads form 1/],
    ]
    for (const [each, sentence] of bad) {
      expect(await messageOf(checkSeal(inPieces(each, 333)))).toMatch(sentence)
      expect(await messageOf(restoreInto(target, each, { replace: true }))).toMatch(/^(The|This) .*backup/)
    }
    expect(await contentsOf(target.storage, target.keyring)).toEqual(before)
    await checkSeal(inPieces(file, 1))
    await target.close()
  })
})
