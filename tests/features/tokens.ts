import { type Person, rest } from '../support/client.ts'

export type Made = { id: string; token: string; [field: string]: unknown }

/** A token that may speak and listen, unless the draft says otherwise. */
export async function makeToken(server: { url: string }, person: { token: string }, draft: object = {}) {
  const whole = { name: 'A script', scopes: ['read', 'write'], ...draft }
  const made = await rest(server, person).post('/tokens', whole)
  if (made.status !== 201) throw new Error(`No token was made: ${JSON.stringify(made.body)}`)
  return made.body as Made
}
export const asPerson = (made: { token: string }) => made as unknown as Person
