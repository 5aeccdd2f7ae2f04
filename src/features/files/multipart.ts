import { ChatError } from '../../protocol/errors.ts'
import { release } from '../../release.ts'

/** The headers of a part. */
const mostHeaderBytes = 8192

export type Part = { fileName: string | undefined; bytes: AsyncGenerator<Uint8Array> }

/**
 * The one file of a form (RFC 7578), as it arrives: `request.formData()` would have all of it in memory first. Only the field `file` is
 * accepted, and only once.
 */
export async function readForm(contentType: string, body: AsyncIterable<Uint8Array>): Promise<Part> {
  const boundary = boundaryOf(contentType)
  const source = body[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  let memory = held
  /** False at the end of the body. What was held is gone then. */
  async function more(): Promise<boolean> {
    const { value, done } = await source.next()
    if (done) return false
    const joined = Buffer.concat([held, value])
    release(memory)
    held = memory = joined
    return true
  }
  async function until(mark: string, most: number): Promise<string> {
    for (;;) {
      const at = held.indexOf(mark)
      if (at >= 0 && at <= most) {
        const text = held.toString('utf8', 0, at)
        held = held.subarray(at + mark.length)
        return text
      }
      if (held.length > most + mark.length || !(await more())) throw new ChatError('bad_form')
    }
  }

  if ((await until(`--${boundary}\r\n`, mostHeaderBytes)).trim() !== '') throw new ChatError('bad_form')
  const headers = await until('\r\n\r\n', mostHeaderBytes)
  const fileName = nameIn(headers)
  const end = Buffer.from(`\r\n--${boundary}`)

  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = held.indexOf(end)
      if (at >= 0) {
        if (at > 0) yield held.subarray(0, at)
        held = held.subarray(at + end.length)
        while (held.length < 2) if (!(await more())) throw new ChatError('bad_form')
        if (held.toString('latin1', 0, 2) !== '--') throw new ChatError('one_file')
        return
      }
      // The end of what is here may be the beginning of the boundary.
      const sure = held.length - end.length
      if (sure > 0) {
        yield held.subarray(0, sure)
        held = held.subarray(sure)
      }
      if (!(await more())) throw new ChatError('upload_cut')
    }
  }
  return { fileName, bytes: bytes() }
}

/** RFC 2046, section 5.1.1. */
function boundaryOf(contentType: string): string {
  const [, quoted, token] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? []
  const boundary = quoted ?? token
  if (boundary === undefined || /[^ -~]/.test(boundary)) throw new ChatError('bad_form')
  return boundary
}

function nameIn(headers: string): string | undefined {
  const disposition = /^content-disposition:\s*form-data\s*(;.*)$/im.exec(headers)?.[1]
  if (disposition === undefined) throw new ChatError('bad_form')
  const parameters = parametersIn(disposition)
  if (plainValue(parameters.get('name')) !== 'file') throw new ChatError('one_file')
  return encodedName(parameters.get('filename*')) ?? plainValue(parameters.get('filename'))
}

/** The first of each name. One after the other, so that nothing inside of quotes is taken for a parameter. */
function parametersIn(disposition: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const [, name, quoted, token] of disposition.matchAll(/;\s*([^\s=;"]+)=(?:"([^"]*)"|([^\s;"]+))/g)) {
    const key = name!.toLowerCase()
    if (!parameters.has(key)) parameters.set(key, quoted ?? token!)
  }
  return parameters
}

/** As browsers write it: a quote is `%22`, a line break `%0D%0A`, and a backslash is only itself. */
const plainValue = (written: string | undefined): string | undefined =>
  written?.replace(/%22/g, '"').replace(/%0d|%0a/gi, ' ')

/**
 * `UTF-8''H%C3%A4fen.txt` (RFC 8187). RFC 7578 forbids it in a form, and some libraries send it nevertheless, alone for every name that is
 * not ASCII. Undefined if it is in another charset or damaged.
 */
function encodedName(written: string | undefined): string | undefined {
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(written ?? '')?.[1]
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}
