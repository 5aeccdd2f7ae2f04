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

/** A real S3 server with an empty bucket, in this process, on a free port of 127.0.0.1. */
export async function startS3(): Promise<BucketServer> {
  const directory = mkdtempSync(join(tmpdir(), 'parley-s3-'))
  const configureBuckets = [{ name: bucket }]
  const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets })
  waitForBytes(server)
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
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
