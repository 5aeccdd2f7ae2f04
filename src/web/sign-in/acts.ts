import type { ReadonlySignal } from '@preact/signals'
import { type AuthEndpoint, type Authenticated, about, logIn, setUp, signUp } from '../../sdk/auth.ts'
import type { Credentials } from '../../sdk/credentials.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { listAddress, type Route } from '../ground/route.ts'

export type SignInFields = { username: string; email: string; password: string }

export type SignInActs = {
  readonly setUpCode: ReadonlySignal<string | undefined>
  /** Whether a new account needs an email address. */
  needsEmail(): Promise<boolean>
  login(fields: SignInFields): Promise<void>
  signup(fields: SignInFields): Promise<void>
  setup(fields: SignInFields): Promise<void>
  signOut(): void
}

export function signInActs(tools: ActTools, begin: (session: Credentials) => void): SignInActs {
  const { page } = tools
  const server: AuthEndpoint = { url: location.origin, cookie: true }
  const enter = async (authenticated: Promise<Authenticated>) => {
    const { session } = await authenticated
    page.setUpCode.value = undefined
    begin(session)
  }
  return {
    setUpCode: page.setUpCode,
    needsEmail: async () => (await about(server)).signup_email === 'required',
    login: ({ username, password }) => enter(logIn(server, { username, password })),
    signup: (fields) => enter(signUp({ ...server, ...inviteIn(page.route.value) }, given(fields))),
    setup: (fields) => enter(setUp(server, { ...given(fields), code: page.setUpCode.value ?? '' })),
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

/** Without an empty email address, which the server would refuse. */
const given = ({ email, ...fields }: SignInFields) => ({ ...fields, ...(email !== '' && { email }) })

/** Where sign-up needs an invite, its code is sent along. */
const inviteIn = (route: Route): { invite?: string } =>
  route.view === 'invite' ? { invite: route.code } : {}
