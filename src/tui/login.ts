import { type AuthEndpoint, type Authenticated, logIn, signUp } from '../sdk/auth.ts'
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
  const username = user ?? (await ask(terminal, 'Username: ')).trim()
  if (!/^s/i.test(way.trim())) {
    const password = await ask(terminal, 'Password: ', true)
    return logIn(endpoint, { username, password })
  }
  const email = (await ask(terminal, 'Email: ')).trim()
  for (;;) {
    const password = await ask(terminal, 'Password: ', true)
    if (password === (await ask(terminal, 'Password again: ', true)))
      return signUp(endpoint, { username, email, password })
    terminal.output.write('The passwords are different. Try again.\n')
  }
}
