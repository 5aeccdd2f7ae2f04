/** Where the bytes of files are, each under a name: a directory, a bucket of S3, or memory. They are sealed before they get here. */
export type Depot = {
  /** For the log and for the operator: without any secret. */
  shown: string
  /** Nothing is there under the name until all of it is, and on the disk. */
  write(name: string, pieces: AsyncIterable<Uint8Array>): Promise<void>
  /** Undefined if there is nothing under the name. */
  open(name: string): Promise<OpenFile | undefined>
  /** Removing what is not there is no error. */
  remove(name: string): Promise<void>
  /** The names of everything that is there, in no order. */
  list(): AsyncIterable<string>
  /** Removes what was begun so long ago that nobody writes it any more. */
  tidy(before: Date): Promise<void>
}

export type OpenFile = {
  bytes: number
  /** Less than was asked for at the end of the file. */
  read(from: number, length: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** The operator's choice. */
export type DepotPlace =
  | { kind: 'memory' }
  | { kind: 'directory'; path: string }
  | {
      kind: 's3'
      bucket: string
      prefix: string
      endpoint?: string
      region?: string
      accessKeyId?: string
      secretAccessKey?: string
    }
