import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Depot } from '../../src/depot/depot.ts'
import { createDirectoryDepot } from '../../src/depot/directory.ts'
import { createMemoryDepot } from '../../src/depot/memory.ts'
import { createS3Depot } from '../../src/depot/s3.ts'
import { limitConcurrency } from '../../src/sdk/waiting.ts'
import { startS3 } from '../support/s3.ts'

const path = mkdtempSync(join(tmpdir(), 'parley-depot-'))
const s3 = await startS3()
afterAll(async () => {
  await s3.stop()
  rmSync(path, { recursive: true })
})

const depots: Record<string, Depot> = {
  memory: createMemoryDepot(),
  'a directory': createDirectoryDepot(path),
  S3: createS3Depot(s3.place),
}

/** In the same memory each time, as what seals a file may do. */
async function* pieces(count: number, bytes = 65_552): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(bytes)
  for (let index = 0; index < count; index++) yield piece.fill(index)
}

async function* cut(count: number): AsyncGenerator<Uint8Array> {
  yield* pieces(count)
  throw new Error('The upload was cut')
}

describe.each(Object.entries(depots))('in %s', (_, depot) => {
  // The second is sent to S3 in parts.
  test.each([3, 250])('what was written in %d pieces is read, whole and in part', async (count) => {
    const name = `whole-${count}`
    await depot.write(name, pieces(count))
    const file = (await depot.open(name))!
    expect(file.bytes).toBe(count * 65_552)
    const whole = await file.read(0, file.bytes)
    for (let index = 0; index < count; index++) expect(whole[index * 65_552]).toBe(index)
    expect(await file.read(65_550, 4)).toEqual(whole.subarray(65_550, 65_554))
    expect(await file.read(file.bytes - 2, 10)).toEqual(whole.subarray(-2))
    expect(await file.read(file.bytes, 10)).toHaveLength(0)
    await file.close()
    await depot.write(name, pieces(1, 5))
    const replaced = (await depot.open(name))!
    expect([replaced.bytes, [...(await replaced.read(0, 9))]]).toEqual([5, [0, 0, 0, 0, 0]])
    await replaced.close()
    await depot.remove(name)
    expect(await depot.open(name)).toBeUndefined()
  })

  // A writer of Bun's S3 client completes what it has when it is ended with an error: half of a file had its name.
  test.each([1, 200])('an upload that is cut after %d pieces never has its name', async (count) => {
    const failure = await depot.write('cut', cut(count)).catch((error: Error) => error)
    expect(failure).toHaveProperty('message', 'The upload was cut')
    expect(await depot.open('cut')).toBeUndefined()
  })

  // S3 lists at most 1,000 at once.
  test('1,005 files are listed, each once', async () => {
    const names = Array.from({ length: 1005 }, (_, n) => `many-${n}`)
    await limitConcurrency(names, 20, (name) => depot.write(name, pieces(1, 1)))
    const listed = await Array.fromAsync(depot.list())
    expect(listed.toSorted()).toEqual(names.toSorted())
    // One by one: the S3 server stumbles over a directory that two of them have emptied.
    for (const name of names) await depot.remove(name)
    expect(await Array.fromAsync(depot.list())).toEqual([])
  })

  test('a preview is not removed with its file, and removing what is not there is no error', async () => {
    await depot.write('one', pieces(1))
    await depot.write('one.360', pieces(1))
    expect((await Array.fromAsync(depot.list())).toSorted()).toEqual(['one', 'one.360'])
    await depot.remove('nothing')
    await depot.remove('one')
    expect(await Array.fromAsync(depot.list())).toEqual(['one.360'])
    expect(await depot.open('one')).toBeUndefined()
    const preview = await depot.open('one.360')
    expect(preview).toBeDefined()
    await preview!.close()
    await depot.remove('one.360')
    expect(await depot.open('one.360')).toBeUndefined()
  })
})
