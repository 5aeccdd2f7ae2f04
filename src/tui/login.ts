import { type AuthDoor, type Authenticated, logIn, signUp } from '../sdk/auth.ts'
import { ask } from './ask.ts'
import { faultsOf } from './error-text.ts'
import type { Terminal } from './terminal.ts'
import { plainLine } from './text.ts'

/** Asks who it is until somebody is in. */
export async function enterByAsking(
  terminal: Terminal,
  door: AuthDoor,
  user: string | undefined,
): Promise<Authenticated> {
  const say = (line: string) => void terminal.output.write(`${plainLine(line)}\n`)
  say(`Parley at ${door.url}`)
  for (;;) {
    try {
      return await askOnce(terminal, door, user)
    } catch (error) {
      for (const fault of faultsOf(error)) say(fault)
    }
  }
}

async function askOnce(terminal: Terminal, door: AuthDoor, user: string | undefined): Promise<Authenticated> {
  // Whoever names a user has one.
  const way = user === undefined ? await ask(terminal, 'Log in, or sign up? [L/s] ') : ''
  const username = user ?? (await ask(terminal, 'Username: ')).trim()
  if (!/^s/i.test(way.trim())) {
    const password = await ask(terminal, 'Password: ', true)
    return logIn(door, { username, password })
  }
  const email = (await ask(terminal, 'Email: ')).trim()
  for (;;) {
    const password = await ask(terminal, 'Password: ', true)
    if (password === (await ask(terminal, 'Password again: ', true)))
      return signUp(door, { username, email, password })
    terminal.output.write('These are two different passwords.\n')
  }
}
