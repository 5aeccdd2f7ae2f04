import { createHmac } from 'node:crypto'
import { waitFor } from '../support/client.ts'

// biome-ignore lint/suspicious/noExplicitAny: what is sent is what the test finds out.
type Event = Record<string, any> & { type: string; seq: number }
type Got = { id: string; at: number; event: Event; request: Request }

/** What the receiver answers; without a result 200. */
type Answer = (got: Got) => Response | number | undefined | Promise<Response | number | undefined>

/**
 * A web server that takes outgoing webhooks as a receiver would: it checks the signature of each by the words of Standard Webhooks,
 * with nothing of ours. `secret` is set once it is known.
 */
export function startReceiver(answer: Answer = () => undefined) {
  const got: Got[] = []
  const wrong: string[] = []
  const receiver = { answer, secret: '' }
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const body = await request.text()
      const id = request.headers.get('webhook-id')!
      const at = Number(request.headers.get('webhook-timestamp'))
      const key = Buffer.from(receiver.secret.replace(/^whsec_/, ''), 'base64')
      const expected = `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`
      if (receiver.secret && request.headers.get('webhook-signature') !== expected) wrong.push(body)
      if (Math.abs(Date.now() / 1000 - at) > 300) wrong.push(`sent at ${at}`)
      const one: Got = { id, at, event: JSON.parse(body), request }
      got.push(one)
      const response = (await receiver.answer(one)) ?? 200
      return typeof response === 'number' ? new Response('', { status: response }) : response
    },
  })
  const said = () => got.map(({ event }) => lineOf(event))
  return {
    url: `http://127.0.0.1:${server.port}/hook?key=of-the-address`,
    got,
    wrong,
    said,
    seqs: () => got.map(({ event }) => event.seq),
    /** Resolves when an event with this text, or of this type, has come. */
    heard: (line: string) =>
      waitFor(line, async () => said().some((each) => each.includes(line)) || undefined),
    trust(secret: string) {
      receiver.secret = secret
    },
    behave(next: Answer) {
      receiver.answer = next
    },
    stop: () => server.stop(true),
  }
}

const lineOf = ({ type, message, username }: Event): string =>
  [type, message?.content, username].filter(Boolean).join(' ')
