import type { ReadonlySignal } from '@preact/signals'
import { type AuthDoor, type Authenticated, logIn, setUp, signUp } from '../../sdk/auth.ts'
import type { Session } from '../../sdk/credentials.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { listAddress, type Route } from '../ground/route.ts'

export type Credentials = { username: string; email: string; password: string }

export type SignInActs = {
  readonly setUpCode: ReadonlySignal<string | undefined>
  login(credentials: Credentials): Promise<void>
  signup(credentials: Credentials): Promise<void>
  setup(credentials: Credentials): Promise<void>
  signOut(): void
}

export function signInActs(tools: ActTools, begin: (session: Session) => void): SignInActs {
  const { page } = tools
  const server: AuthDoor = { url: location.origin, cookie: true }
  const enter = async (authenticated: Promise<Authenticated>) => {
    const { session } = await authenticated
    page.setUpCode.value = undefined
    begin(session)
  }
  return {
    setUpCode: page.setUpCode,
    login: ({ username, password }) => enter(logIn(server, { username, password })),
    signup: (credentials) => enter(signUp({ ...server, ...inviteIn(page.route.value) }, credentials)),
    setup: (credentials) => enter(setUp(server, { ...credentials, code: page.setUpCode.value ?? '' })),
    // The next person to sign in must not get the address of the last one's room.
    signOut: () =>
      tools.attempt(
        tools
          .client()
          .logOut()
          .then(() => page.go(listAddress)),
      ),
  }
}

/** Where sign-up needs an invite, its code is sent along. */
const inviteIn = (route: Route): { invite?: string } =>
  route.view === 'invite' ? { invite: route.code } : {}
