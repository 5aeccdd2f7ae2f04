import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver from 's3rver'
import type { DepotPlace } from '../../src/depot/depot.ts'

/** The only key that it knows. It does not check signatures of version 4. */
const key = 'S3RVER'
const bucket = 'parley'

export type BucketServer = {
  /** Settings of a server whose files are here. */
  settings: Record<string, string>
  place: Extract<DepotPlace, { kind: 's3' }>
  stop(): Promise<void>
}

/** A real S3 server with an empty bucket, in this process, on a free port of 127.0.0.1. */
export async function startS3(): Promise<BucketServer> {
  const directory = mkdtempSync(join(tmpdir(), 'parley-s3-'))
  const configureBuckets = [{ name: bucket }]
  const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets })
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
