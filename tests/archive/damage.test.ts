import { expect, test } from 'bun:test'
import { checkSeal } from '../../src/archive/unpack.ts'
import type { ChatError } from '../../src/protocol/errors.ts'
import { cast, makeRoom, postMany } from '../support/cast.ts'
import { onBothDatabases, startServer } from '../support/server.ts'
import { backupOf, contentsOf, emptyTarget, inPieces, restoreInto } from './support.ts'

const flipped = (file: Buffer, at: number): Buffer => {
  const copy = Buffer.from(file)
  copy[at]! ^= 4
  return copy
}

const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing was refused',
    (error: ChatError) => error.reason,
  )

await onBothDatabases((database) => {
  test('a file that is not a whole backup is refused with a reason, and the database stays unchanged', async () => {
    const server = await startServer()
    const { ada, ben } = await cast(server)
    const room = await makeRoom(server, ada, [ben])
    await postMany(
      server,
      [ben],
      room,
      Array.from({ length: 300 }, () => crypto.randomUUID()),
    )
    const file = await backupOf(server.tools)
    await server.stop()

    const target = await emptyTarget(database)
    await restoreInto(target, file)
    const before = await contentsOf(target.storage, target.keyring)
    const bad: [Buffer, RegExp][] = [
      ...[30, 0.2, 0.5, 0.9].map((at): [Buffer, RegExp] => [
        flipped(file, at > 1 ? at : Math.floor(file.length * at)),
        /^backup_damaged$/,
      ]),
      ...[0.3, 0.99].map((part): [Buffer, RegExp] => [
        file.subarray(0, Math.floor(file.length * part)),
        /^backup_cut_short$/,
      ]),
      [file.subarray(0, file.length - 1), /^backup_cut_short$/],
      [flipped(file, file.length - 20), /^backup_(damaged|cut_short)$/],
      [Buffer.concat([file, Buffer.from('!')]), /^backup_cut_short$/],
      [Buffer.alloc(0), /^not_a_backup$/],
      [Buffer.from('{"hello":1}\n'), /^not_a_backup$/],
      [Buffer.from('parley-backup 2\nsomething'), /^backup_other_form$/],
    ]
    for (const [each, reason] of bad) {
      expect(await reasonOf(checkSeal(inPieces(each, 333)))).toMatch(reason)
      expect(await reasonOf(restoreInto(target, each, { replace: true }))).toMatch(/backup/)
    }
    expect(await contentsOf(target.storage, target.keyring)).toEqual(before)
    await checkSeal(inPieces(file, 1))
    await target.close()
  })
})
