import type { ServerWebSocket } from 'bun'
import { defaultLimits } from '../../src/protocol/limits.ts'
import type { Frame } from '../../src/sdk/connection.ts'
import { patienceMs } from '../support/patience.ts'

type Line = ServerWebSocket<undefined>
type Script = {
  /** Answers a command; what it returns is the reply's data, `undefined` is silence. */
  answer?: (frame: Frame, line: Line) => unknown
  /** Answers what is asked over HTTP; 404 otherwise. */
  http?: (
    method: string,
    path: string,
    body: unknown,
    request: Request,
  ) => Response | Promise<Response> | undefined
  rooms?: () => object[]
  /** Whom it greets; Ben by default. */
  user?: () => object
  refuseUpgrade?: () => boolean
  pingIntervalMs?: number
}

export const user = {
  id: 'u-ben',
  username: 'ben',
  display_name: 'Ben',
  roles: ['user' as const],
  created_at: '2026-01-01T00:00:00.000Z',
}

export const room = (head: number, more: object = {}) => ({
  id: 'general',
  title: 'General',
  access: 'open',
  role: 'member',
  epoch: 'e1',
  head,
  read_seq: 0,
  unread: 0,
  ...more,
})

export const created = (seq: number, content = `text ${seq}`, more: object = {}) => ({
  type: 'message.created',
  room: 'general',
  epoch: 'e1',
  seq,
  at: user.created_at,
  actor: 'ada',
  message: {
    room: 'general',
    seq,
    author: { username: 'ada', display_name: 'Ada' },
    content,
    created_at: user.created_at,
    reactions: [],
    ...more,
  },
})
export const message = (seq: number) => created(seq).message

/** A refusal, given instead of a reply. */
export class Refusal {
  constructor(
    readonly fields: { code: string; reason?: string; message?: string; retry_after_ms?: number },
  ) {}
}

/** The other end of the socket, doing exactly what a test says: for failures that a healthy server does not have. */
export function startPeer(script: Script = {}) {
  const lines = new Set<Line>()
  const heard: Frame[] = []
  let connections = 0
  const say = (line: Line, frame: object) => line.send(JSON.stringify(frame))

  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request, own) {
      const path = new URL(request.url).pathname
      if (path === '/ws') {
        connections++
        if (script.refuseUpgrade?.()) return problem(401, 'unauthenticated')
        return own.upgrade(request, { data: undefined }) ? undefined : new Response(null, { status: 426 })
      }
      const body = request.method !== 'GET' ? await request.json().catch(() => undefined) : undefined
      return script.http?.(request.method, path, body, request) ?? problem(404, 'not_found')
    },
    websocket: {
      open(line) {
        lines.add(line)
        const ping_interval_ms = script.pingIntervalMs ?? 25_000
        const rooms = script.rooms?.() ?? [room(0)]
        const greeted = script.user?.() ?? user
        say(line, {
          type: 'hello',
          user: greeted,
          session: 's1',
          ping_interval_ms,
          limits: defaultLimits,
          rooms,
        })
      },
      message(line, text) {
        const frame = JSON.parse(String(text)) as Frame
        heard.push(frame)
        const data = script.answer?.(frame, line)
        if (data instanceof Refusal) say(line, { type: 'error', ref: frame.ref, message: '', ...data.fields })
        else if (data !== undefined) say(line, { type: 'reply', ref: frame.ref, data })
      },
      close: (line) => void lines.delete(line),
    },
  })

  return {
    url: `http://127.0.0.1:${server.port}`,
    heard,
    of: (type: string) => heard.filter((frame) => frame.type === type),
    connections: () => connections,
    lineCount: () => lines.size,
    tell(frame: object) {
      for (const line of lines) say(line, frame)
    },
    hangUp(code: number, reason = '') {
      for (const line of lines) line.close(code, reason)
    },
    cut() {
      for (const line of lines) line.terminate()
    },
    stop: () => server.stop(true),
  }
}

export const problem = (status: number, code: string) =>
  Response.json({ type: 'about:blank', title: code, status, code }, { status })

/** Waits for a fact. */
export async function until(isSo: () => unknown, what = isSo.toString()): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`Never became so: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
