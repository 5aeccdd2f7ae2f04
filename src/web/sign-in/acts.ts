import type { ReadonlySignal } from '@preact/signals'
import { type AuthDoor, type Authenticated, logIn, setUp, signUp } from '../../sdk/auth.ts'
import type { Session } from '../../sdk/credentials.ts'
import type { Inside } from '../ground/inside.ts'
import { listAddress, type Route } from '../ground/route.ts'

export type Credentials = { username: string; email: string; password: string }

export type DoorActs = {
  readonly setUpCode: ReadonlySignal<string | undefined>
  login(credentials: Credentials): Promise<void>
  signup(credentials: Credentials): Promise<void>
  setup(credentials: Credentials): Promise<void>
  signOut(): void
}

export function doorActs(inside: Inside, begin: (session: Session) => void): DoorActs {
  const { page } = inside
  const door: AuthDoor = { url: location.origin, cookie: true }
  const come = async (entered: Promise<Authenticated>) => {
    const { session } = await entered
    page.setUpCode.value = undefined
    begin(session)
  }
  return {
    setUpCode: page.setUpCode,
    login: ({ username, password }) => come(logIn(door, { username, password })),
    signup: (credentials) => come(signUp({ ...door, ...inviteIn(page.route.value) }, credentials)),
    setup: (credentials) => come(setUp(door, { ...credentials, code: page.setUpCode.value ?? '' })),
    // Whoever signs in next has no business where this one was.
    signOut: () =>
      inside.attempt(
        inside
          .client()
          .logOut()
          .then(() => page.go(listAddress)),
      ),
  }
}

/** Where only the invited may sign up, the code lets one in. */
const inviteIn = (route: Route): { invite?: string } =>
  route.view === 'invite' ? { invite: route.code } : {}
