import crypto from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver from 's3rver'
import type { DepotPlace } from '../../src/depot/depot.ts'
import { waitFor } from './client.ts'

/** The only key that it knows. It does not check signatures of version 4. */
const key = 'S3RVER'
const bucket = 'parley'

export type BucketServer = {
  /** Settings of a server whose files are here. */
  settings: Record<string, string>
  place: Extract<DepotPlace, { kind: 's3' }>
  stop(): Promise<void>
}

/** It answers as soon as it has read what was sent, before its file has every byte; a real S3 does not. */
function waitForBytes({ store }: S3rver): void {
  const [putObject, putPart] = [store.putObject.bind(store), store.putPart.bind(store)]
  const written = async (stored: { size: number }, path: string) => {
    await waitFor('what was sent is written', () => statSync(path).size === stored.size)
    return stored
  }
  store.putObject = async (object) =>
    written(await putObject(object), store.getResourcePath(object.bucket, object.key, 'object'))
  store.putPart = async (bucket, upload, part, content) => {
    const stored = await putPart(bucket, upload, part, content)
    return written(stored, join(store.getResourcePath(bucket, undefined, 'uploads'), upload, `${part}`))
  }
}

/** It lists in the order of the directory, which is none in Bun: behind the last key of a page were names of the page before, and others never came. */
function listInOrder({ store }: S3rver): void {
  const listObjects = store.listObjects.bind(store)
  store.listObjects = async (name, { maxKeys = 1000, startAfter = '', ...options }) => {
    const { objects, ...found } = await listObjects(name, options)
    const left = objects.filter(({ key }) => key > startAfter).sort((a, b) => (a.key < b.key ? -1 : 1))
    return { ...found, objects: left.slice(0, maxKeys), isTruncated: left.length > maxKeys }
  }
}

const { createCipheriv, createDecipheriv } = crypto

/**
 * It seals the token of the next page with DES, which the library of Bun does not have: each list that had a next page was an
 * `InternalError`. DES three times with one key is DES.
 */
function haveDes(): void {
  const withDes =
    (create: typeof createCipheriv | typeof createDecipheriv) =>
    (cipher: string, key: Uint8Array, ...rest: [Uint8Array]) =>
      cipher === 'des'
        ? create('des-ede3-cbc', Buffer.concat([key, key, key]), ...rest)
        : create(cipher, key, ...rest)
  crypto.createCipheriv = withDes(createCipheriv) as typeof createCipheriv
  crypto.createDecipheriv = withDes(createDecipheriv) as typeof createDecipheriv
}

/** A real S3 server with an empty bucket, in this process, on a free port of 127.0.0.1. */
export async function startS3(): Promise<BucketServer> {
  const directory = mkdtempSync(join(tmpdir(), 'parley-s3-'))
  const configureBuckets = [{ name: bucket }]
  const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets })
  waitForBytes(server)
  listInOrder(server)
  haveDes()
  const { port } = await server.run()
  const endpoint = `http://127.0.0.1:${port}`
  return {
    settings: {
      FILES_URL: `s3://${bucket}/chat/files?endpoint=${encodeURIComponent(endpoint)}`,
      FILES_ACCESS_KEY: key,
      FILES_SECRET_KEY: key,
    },
    place: {
      ...{ kind: 's3', bucket, prefix: 'chat/files', endpoint },
      ...{ accessKeyId: key, secretAccessKey: key },
    },
    async stop() {
      await server.close()
      Object.assign(crypto, { createCipheriv, createDecipheriv })
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
