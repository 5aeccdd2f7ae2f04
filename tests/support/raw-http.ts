import { connect } from 'node:net'
import { patienceMs } from './patience.ts'

export type RawResponse = {
  /** 0 if the connection was closed without a response. */
  status: number
  reason: string | undefined
  headers: Headers
  text: string
}

/**
 * Sends these bytes over TCP and resolves with the first final response; `all`: with all of them, when the server closes. What clients like fetch would never send is what a
 * stranger can. `HOST` in it is the host of the server.
 */
export function sendRaw(server: { port: number }, bytes: string, { all = false } = {}): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write(bytes.replaceAll('HOST', `127.0.0.1:${server.port}`), 'latin1'),
    )
    const finish = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve(parse(text))
    }
    const timer = setTimeout(() => reject(new Error(`No response to ${JSON.stringify(bytes)}`)), patienceMs)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (!all && isWhole(text)) finish()
    })
    socket.on('close', finish)
    socket.on('error', finish)
  })
}

const interim = /^HTTP\/1\.1 1(?!01)\d\d [^\r]*\r\n([^\r]+\r\n)*\r\n/

function isWhole(text: string): boolean {
  const [head, body] = split(text.replace(interim, ''))
  if (body === undefined) return false
  return body.length >= Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
}

function parse(text: string): RawResponse {
  const [head, body = ''] = split(text.replace(interim, ''))
  const [first = '', ...lines] = head.split('\r\n')
  const headers = new Headers(lines.map((line) => line.split(': ', 2) as [string, string]))
  const isProblem = headers.get('content-type') === 'application/problem+json'
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0),
    reason: isProblem ? JSON.parse(body).reason : undefined,
    headers,
    text,
  }
}

function split(text: string): [head: string, body?: string] {
  const end = text.indexOf('\r\n\r\n')
  return end < 0 ? [text] : [text.slice(0, end), text.slice(end + 4)]
}
