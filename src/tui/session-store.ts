import { createClient } from '../sdk/client.ts'
import { apiTokenSession, type Session, type Tokens, tokenSession } from '../sdk/credentials.ts'
import { isUnauthenticated } from '../sdk/errors.ts'
import { enterByAsking } from './login.ts'
import { openKeep } from './saved-session.ts'
import type { Terminal } from './terminal.ts'

/** `brief`: nobody can use the session after this. `forget` is for one that has ended. */
export type Credential = { session: Session; brief: boolean; forget(): void }

export type Wallet = {
  /** A session that needs no questions: of a token, or remembered. */
  known(): Credential | undefined
  /** The same, if the server still knows it. */
  admitted(): Promise<Credential | undefined>
  /** A new session of somebody who says who it is. */
  ask(terminal: Terminal): Promise<Credential>
}

export type WalletOptions = {
  url: string
  user: string | undefined
  token: string | undefined
  /** Where sessions are remembered. */
  directory: string
  remember: boolean
}

export function openWallet({ url, user, token, directory, remember }: WalletOptions): Wallet {
  const keep = openKeep(directory, url)

  const known = (): Credential | undefined => {
    if (token) return { session: apiTokenSession(token), brief: false, forget() {} }
    const kept = keep.find(user)
    if (!kept) return undefined
    const { username } = kept
    const session = tokenSession({ ...kept, onRenew: (pair) => keep.put({ username, ...pair }) })
    return { session, brief: false, forget: keep.forget }
  }

  return {
    known,
    async admitted() {
      const credential = known()
      try {
        if (credential) await createClient({ url, session: credential.session }).rest('GET', '/users/me')
        return credential
      } catch (error) {
        if (isUnauthenticated(error)) return undefined
        throw error
      }
    },
    async ask(terminal) {
      if (!remember) {
        const { session } = await enterByAsking(terminal, { url }, user)
        return { session, brief: true, forget() {} }
      }
      let username = ''
      const store = (tokens: Tokens) => keep.put({ username, ...tokens })
      const entered = await enterByAsking(terminal, { url, onRenew: store }, user)
      username = entered.user.username
      if (entered.tokens) store(entered.tokens)
      return { session: entered.session, brief: false, forget: keep.forget }
    },
  }
}
