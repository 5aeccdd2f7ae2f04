import { createClient } from '../sdk/client.ts'
import { apiTokenSession, type Credentials, type Tokens, tokenSession } from '../sdk/credentials.ts'
import { isUnauthenticated } from '../sdk/errors.ts'
import { logInByAsking } from './login.ts'
import { openSessionFile } from './saved-session.ts'
import type { Terminal } from './terminal.ts'

/** `temporary`: the session is not saved, so that it should end with the program. `forget` deletes the saved session. */
type KnownSession = { session: Credentials; temporary: boolean; forget(): void }

export type SessionStore = {
  /** A session that needs no questions: from PARLEY_TOKEN, or saved. */
  known(): KnownSession | undefined
  /** The same, if the server still accepts it. */
  accepted(): Promise<KnownSession | undefined>
  /** Asks for a login and creates a session. */
  ask(terminal: Terminal): Promise<KnownSession>
}

type SessionStoreOptions = {
  url: string
  user: string | undefined
  token: string | undefined
  /** Where sessions are saved. */
  directory: string
  remember: boolean
}

export function openSessionStore({
  url,
  user,
  token,
  directory,
  remember,
}: SessionStoreOptions): SessionStore {
  const file = openSessionFile(directory, url)

  const known = (): KnownSession | undefined => {
    if (token) return { session: apiTokenSession(token), temporary: false, forget() {} }
    const saved = file.find(user)
    if (!saved) return undefined
    const { username } = saved
    const session = tokenSession({ ...saved, onRenew: (pair) => file.save({ username, ...pair }) })
    return { session, temporary: false, forget: file.delete }
  }

  return {
    known,
    async accepted() {
      const found = known()
      try {
        if (found) await createClient({ url, session: found.session }).rest('GET /users/me')
        return found
      } catch (error) {
        if (isUnauthenticated(error)) return undefined
        throw error
      }
    },
    async ask(terminal) {
      if (!remember) {
        const { session } = await logInByAsking(terminal, { url }, user)
        return { session, temporary: true, forget() {} }
      }
      let username = ''
      const store = (tokens: Tokens) => file.save({ username, ...tokens })
      const signedIn = await logInByAsking(terminal, { url, onRenew: store }, user)
      username = signedIn.user.username
      if (signedIn.tokens) store(signedIn.tokens)
      return { session: signedIn.session, temporary: false, forget: file.delete }
    },
  }
}
