import { ChatError, invalidField } from '../protocol/errors.ts'
import { parseJson, repeatsName } from '../protocol/json.ts'

/** No body that we accept is nested deeper than a few levels. */
const mostDepth = 32

type BodyKind = 'json' | 'form'

const mediaTypes: Record<BodyKind, string> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
}

/**
 * The bytes of a body of at most this length. One whose length was not declared is read piece by piece: the server takes large
 * bodies, but only for files. Of one that is too long only so much is read that it can be seen: what is thrown here, Elysia would report as another error.
 */
export async function bytesOf(request: Request, most: number): Promise<ArrayBuffer> {
  if (request.headers.has('content-length') || !request.body) return request.arrayBuffer()
  const parts: Uint8Array<ArrayBuffer>[] = []
  let sum = 0
  for await (const part of request.body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    sum += part.length
    parts.push(part)
    if (sum > most) break
  }
  return new Blob(parts).arrayBuffer()
}

/**
 * The value of a body; undefined if it is empty. We read it instead of Elysia, which guesses what a body without a content
 * type is, compares media types by a letter, treats an optional body that it cannot read as absent, and in its error prints a
 * body that does not match its schema: that takes seconds, or overflows the stack, if the body is nested thousands of levels
 * deep, and throws if an object has a `toString` that is not a function.
 */
export function readBody(
  kind: BodyKind,
  { headers }: Request,
  bytes: ArrayBuffer,
  maxBytes: number,
): unknown {
  if (bytes.byteLength === 0) return undefined
  if (bytes.byteLength > maxBytes) throw new ChatError('body_too_large', { max: maxBytes })
  if (mediaTypeOf(headers) !== mediaTypes[kind]) {
    throw new ChatError(kind === 'json' ? 'json_expected' : 'form_expected')
  }
  // RFC 9110 section 8.4.
  if ((headers.get('content-encoding') ?? 'identity').toLowerCase() !== 'identity') {
    throw new ChatError('body_encoded')
  }
  const body = kind === 'json' ? readJson(textOf(bytes)) : readForm(textOf(bytes))
  if (!isObject(body) || !isSafe(body)) throw new ChatError('not_json')
  return body
}

/** For a feature that parses the text itself. */
export function readText(bytes: ArrayBuffer, maxBytes: number): string {
  if (bytes.byteLength > maxBytes) throw new ChatError('body_too_large', { max: maxBytes })
  return new TextDecoder().decode(bytes)
}

/** RFC 9110 section 8.3.1: case does not matter. Parameters do not either: JSON is always UTF-8. */
const mediaTypeOf = (headers: Headers): string =>
  (headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase()

export const isForm = ({ headers }: Request): boolean => mediaTypeOf(headers) === mediaTypes.form

/** Refuses bytes that are not UTF-8, as a socket does. */
function textOf(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new ChatError('not_json')
  }
}

function readJson(text: string): unknown {
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    return undefined
  }
  if (repeatsName(text, value)) throw invalidField('/', 'repeated_field')
  return value
}

function readForm(text: string): unknown {
  const fields = [...new URLSearchParams(text)]
  const form = Object.fromEntries(fields)
  if (Object.keys(form).length < fields.length) throw invalidField('/', 'repeated_field')
  return form
}

/** Level by level: a recursive function would overflow the stack as well. */
function isSafe(body: object): boolean {
  let level = [body]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= mostDepth || level.some((each) => Object.hasOwn(each, 'toString'))) return false
    level = level.flatMap((each) => Object.values(each).filter(isObject))
  }
  return true
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
