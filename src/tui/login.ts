import { type AuthEndpoint, type Authenticated, about, logIn, signUp } from '../sdk/auth.ts'
import { plainLine } from '../text/plain.ts'
import { ask } from './ask.ts'
import { errorLines } from './error-text.ts'
import type { Terminal } from './terminal.ts'

/** Asks for a login, or a sign-up, until one succeeds. */
export async function logInByAsking(
  terminal: Terminal,
  endpoint: AuthEndpoint,
  user: string | undefined,
): Promise<Authenticated> {
  const say = (line: string) => void terminal.output.write(`${plainLine(line)}\n`)
  say(`Parley at ${endpoint.url}`)
  for (;;) {
    try {
      return await askOnce(terminal, endpoint, user)
    } catch (error) {
      for (const fault of errorLines(error)) say(fault)
    }
  }
}

async function askOnce(
  terminal: Terminal,
  endpoint: AuthEndpoint,
  user: string | undefined,
): Promise<Authenticated> {
  // A user who was named exists already.
  const way = user === undefined ? await ask(terminal, 'Log in, or sign up? [L/s] ') : ''
  const isNew = /^s/i.test(way.trim())
  const username = user ?? (await ask(terminal, 'Username: ')).trim()
  if (!isNew) {
    const password = await ask(terminal, 'Password: ', true)
    return logIn(endpoint, { username, password })
  }
  // A server older than 0.2 answers `GET /` with the page, and needs an address.
  const { signup_email } = await about(endpoint).catch(() => ({ signup_email: 'required' }))
  const email = (await ask(terminal, signup_email === 'optional' ? 'Email (optional): ' : 'Email: ')).trim()
  const account = { ...(username !== '' && { username }), ...(email !== '' && { email }) }
  for (;;) {
    const password = await ask(terminal, 'Password: ', true)
    if (password === (await ask(terminal, 'Password again: ', true)))
      return signUp(endpoint, { ...account, password })
    terminal.output.write('The passwords are different. Try again.\n')
  }
}
