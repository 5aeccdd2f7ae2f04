import type { File } from '../protocol/files.ts'
import type { Credentials, Endpoint } from './credentials.ts'
import { failure, fromResponse } from './errors.ts'
import { createId } from './ids.ts'
import { authOf, search } from './rest.ts'
import type { Abortable } from './waiting.ts'

export type UploadOptions = Abortable & {
  /** By default that of a `File`. */
  name?: string | undefined
  /** What a picture shows, in words. */
  alt?: string | undefined
  /** Random by default. An upload that is repeated with the same one is the same file. */
  client_id?: string | undefined
  /** Called while it is sent, with numbers of bytes. */
  onProgress?: ((sent: number, total: number) => void) | undefined
}

/** Rejects with a `RequestError`: `too_large` for a file that is larger than the server takes (`state.limits`), `unreachable`. */
export type Upload = (room: string, file: Blob, options?: UploadOptions) => Promise<File>

export type PictureOptions = Pick<UploadOptions, 'name' | 'onProgress' | 'signal'>

/** Puts the picture of a person or of a room, by the path of its route. Rejects as an upload, and with `not_a_picture`. */
export type PutPicture = <Reply>(path: string, file: Blob, options?: PictureOptions) => Promise<Reply>

type Parts = Endpoint & { session: Credentials; again<Result>(once: () => Promise<Result>): Promise<Result> }

export function createUpload({ url, fetch: ask, session, again }: Parts): {
  upload: Upload
  putPicture: PutPicture
} {
  return {
    upload: (room, file, { alt, client_id = createId(), ...options } = {}) =>
      send('POST', `/rooms/${encodeURIComponent(room)}/files${search({ client_id, alt })}`, file, options),
    putPicture: (path, file, options = {}) => send('PUT', path, file, options),
  }

  function send<Reply>(
    method: 'POST' | 'PUT',
    path: string,
    file: Blob,
    { name = nameOf(file), onProgress, signal }: PictureOptions,
  ): Promise<Reply> {
    const head = { 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent(name) }
    return again(async () => {
      signal?.throwIfAborted()
      const { headers, credentials } = authOf(session)
      const address = url + path
      const request = {
        ...{ method, address, headers: { ...headers, ...head }, credentials },
        ...{ file, onProgress, signal },
      }
      // A browser says only there how much of a body is sent. Its `fetch` sends a stream over HTTP/2 alone, also one that was passed.
      const isCounted =
        typeof XMLHttpRequest !== 'undefined' && (ask === undefined || onProgress !== undefined)
      const response = await (isCounted
        ? throughBrowser(request)
        : throughFetch(ask ?? fetch, request)
      ).catch(() => {
        signal?.throwIfAborted()
        throw failure('unreachable')
      })
      if (!response.ok) throw await fromResponse(response)
      return (await response.json()) as Reply
    })
  }
}

const nameOf = (file: Blob): string => ('name' in file && typeof file.name === 'string' ? file.name : '')

type Sent = Pick<UploadOptions, 'onProgress' | 'signal'> & {
  method: 'POST' | 'PUT'
  address: string
  headers: Record<string, string>
  credentials: 'include' | 'omit'
  file: Blob
}

async function throughFetch(
  ask: NonNullable<Endpoint['fetch']>,
  { method, address, headers, credentials, file, onProgress, signal }: Sent,
): Promise<Response> {
  const body = onProgress ? counted(file, onProgress) : file
  const streaming = onProgress ? { duplex: 'half' } : {}
  return ask(address, { method, headers, credentials, body, ...streaming, ...(signal && { signal }) })
}

function counted(file: Blob, onProgress: (sent: number, total: number) => void): ReadableStream<Uint8Array> {
  let sent = 0
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, stream) {
      sent += piece.length
      onProgress(sent, file.size)
      stream.enqueue(piece)
    },
  })
  return file.stream().pipeThrough(count)
}

function throughBrowser({
  method,
  address,
  headers,
  credentials,
  file,
  onProgress,
  signal,
}: Sent): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    request.open(method, address)
    request.withCredentials = credentials === 'include'
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(loaded, total)
    request.onload = () => {
      const type = request.getResponseHeader('content-type') ?? ''
      resolve(
        new Response(request.responseText, { status: request.status, headers: { 'content-type': type } }),
      )
    }
    request.onerror = request.onabort = request.ontimeout = () => reject(new Error('The upload has failed'))
    request.onloadend = () => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort, { once: true })
    request.send(file)
  })
}
