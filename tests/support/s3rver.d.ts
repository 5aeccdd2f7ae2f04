/** What we use of it; it has no types of its own. */
declare module 's3rver' {
  export default class S3rver {
    constructor(options: {
      address: string
      port: number
      silent: boolean
      directory: string
      configureBuckets: { name: string }[]
    })
    store: {
      putObject(object: { bucket: string; key: string }): Promise<{ size: number }>
      listObjects(
        bucket: string,
        options: { maxKeys?: number; startAfter?: string; prefix?: string },
      ): Promise<{ objects: { key: string }[]; isTruncated: boolean }>
      putPart(bucket: string, upload: string, part: number, content: unknown): Promise<{ size: number }>
      getResourcePath(bucket: string, key: string | undefined, resource: 'object' | 'uploads'): string
    }
    run(): Promise<{ port: number }>
    close(): Promise<void>
  }
}
