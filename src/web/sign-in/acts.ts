import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { InviteOffer } from '../../protocol/invites.ts'
import {
  type AuthEndpoint,
  type Authenticated,
  about,
  forgotPassword,
  logIn,
  resetPassword,
  setUp,
  signInByLink,
  signUp,
} from '../../sdk/auth.ts'
import type { Credentials } from '../../sdk/credentials.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { preferences } from '../ground/preferences.ts'
import { listAddress, type OneTimeLink, type Route } from '../ground/route.ts'
import { inLanguage } from '../language/in-language.ts'

export type SignInFields = { username: string; email: string; password: string }

export type SignInActs = {
  readonly setUpCode: ReadonlySignal<string | undefined>
  /** Whether a new account needs an email address. */
  needsEmail(): Promise<boolean>
  /** The code of the invite with which you have just signed up or in: its room opens without another question. */
  readonly cameBy: Signal<string | undefined>
  /** Undefined for an invite that lets nobody in. */
  inviteOffer(): Promise<InviteOffer | undefined>
  login(fields: SignInFields): Promise<void>
  signup(fields: SignInFields): Promise<void>
  setup(fields: SignInFields): Promise<void>
  /** The one-time link that was opened; undefined if there is none, or it was used. */
  readonly link: ReadonlySignal<OneTimeLink | undefined>
  /** With the sign-in link that was opened, and with a new password if one is given. */
  enterByLink(password?: string): Promise<void>
  /** With the link of a mail. */
  resetPassword(password: string): Promise<void>
  confirmEmail(): Promise<void>
  unsubscribe(): Promise<void>
  leaveLink(): void
  /** Whether the server sends mail, so that a forgotten password can come by it. */
  sendsMail(): Promise<boolean>
  forgotPassword(email: string): Promise<void>
  signOut(): void
}

export function signInActs(tools: ActTools, begin: (session: Credentials) => void): SignInActs {
  const { page } = tools
  const cameBy = signal<string>()
  const server: AuthEndpoint = { url: location.origin, cookie: true, fetch: inLanguage }
  const enter = async (authenticated: Promise<Authenticated>) => {
    const { session } = await authenticated
    page.setUpCode.value = undefined
    page.link.value = undefined
    cameBy.value = inviteIn(page.route.value).invite
    begin(session)
  }
  return {
    setUpCode: page.setUpCode,
    cameBy,
    needsEmail: async () => (await about(server)).signup_email === 'required',
    async inviteOffer() {
      const { invite } = inviteIn(page.route.value)
      return invite === undefined
        ? undefined
        : await tools.client().rest('POST /auth/invite', { body: { code: invite } })
    },
    login: ({ username, password }) => enter(logIn(server, { username, password })),
    signup: (fields) => enter(signUp({ ...server, ...inviteIn(page.route.value) }, given(fields))),
    setup: (fields) => enter(setUp(server, { ...given(fields), code: page.setUpCode.value ?? '' })),
    link: page.link,
    enterByLink: (password) =>
      enter(signInByLink(server, { token: tokenOf(page.link.value), ...(password && { password }) })),
    resetPassword: (password) => resetPassword(server, { token: tokenOf(page.link.value), password }),
    async confirmEmail() {
      await tools.client().rest('POST /auth/confirm', { body: { token: tokenOf(page.link.value) } })
    },
    async unsubscribe() {
      const secret = tokenOf(page.link.value)
      await tools.client().rest('POST /mail/unsubscribe/:secret', { params: { secret } })
    },
    // An older server has no such field.
    sendsMail: async () => (await about(server)).mail === true,
    forgotPassword: (email) => forgotPassword(server, email),
    leaveLink: () => {
      page.link.value = undefined
    },
    // The next person to sign in must not get the address of the last one's room.
    signOut: () =>
      tools.attempt(
        tools
          .client()
          .logOut()
          .then(() => {
            page.go(listAddress)
            preferences.lastRoom.value = ''
          }),
      ),
  }
}

const tokenOf = (link: OneTimeLink | undefined): string => link?.token ?? ''

/** Without an empty email address, which the server would refuse. */
const given = ({ email, ...fields }: SignInFields) => ({ ...fields, ...(email !== '' && { email }) })

/** Where sign-up needs an invite, its code is sent along. */
const inviteIn = (route: Route): { invite?: string } =>
  route.view === 'invite' ? { invite: route.code } : {}
