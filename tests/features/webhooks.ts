import { rest } from '../support/client.ts'

export type Hook = { id: string; url: string; username: string }
type Answered = { status: number; type: string | null; body: { code?: string; reason?: string } & string }

/** As a program does that knows Slack. */
export async function post(hook: { url: string }, body: string | object, headers = {}): Promise<Answered> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(hook.url, { method: 'POST', body: text, headers })
  const type = response.headers.get('content-type')
  const answer = await response.text()
  return { status: response.status, type, body: /json/.test(type ?? '') ? JSON.parse(answer) : answer }
}
export const form = (payload: object) => String(new URLSearchParams({ payload: JSON.stringify(payload) }))
export const key = (text: string) => ({ 'Idempotency-Key': text })

export async function hookIn(
  server: { url: string },
  person: { token: string },
  room: string,
): Promise<Hook> {
  const made = await rest(server, person).post(`/rooms/${room}/webhooks`, { name: 'Builds' })
  if (made.status !== 201) throw new Error(`No webhook was made: ${JSON.stringify(made.body)}`)
  return made.body
}
