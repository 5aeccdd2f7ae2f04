import { type ReadonlySignal, signal } from '@preact/signals'
import type { MailSettings } from '../../protocol/mail.ts'
import type { Erasure, OwnProfileChange, Session } from '../../protocol/users.ts'
import { about } from '../../sdk/auth.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { listAddress } from '../ground/route.ts'

export type PasswordChange = { current_password: string; new_password: string }

export type AccountActs = {
  readonly sessions: ReadonlySignal<readonly Session[] | undefined>
  loadSessions(): void
  endSession(id: string): void
  endOtherSessions(): void
  /** The device of this session gets no more push messages. */
  endPush(session: Session): void
  changeProfile(change: OwnProfileChange): Promise<void>
  setPicture(file: Blob): Promise<void>
  removePicture(): Promise<void>
  changePassword(change: PasswordChange): Promise<void>
  /** Undefined where the server sends no mail. */
  mailSettings(): Promise<MailSettings | undefined>
  changeMailSettings(change: MailSettings): Promise<void>
  sendConfirmation(): Promise<void>
  /** Deletes the account and ends the session. */
  erase(erasure: Erasure): Promise<void>
}

export function accountActs({ client, page, onClient, attempt, quietly }: ActTools): AccountActs {
  const sessions = signal<readonly Session[]>()
  onClient(() => {
    sessions.value = undefined
  })

  const load = async () => {
    const { items } = await client().rest('GET /auth/sessions')
    sessions.value = items
  }
  const end = (id: string) => client().rest('DELETE /auth/sessions/:id', { params: { id } })

  return {
    sessions,
    loadSessions: () => quietly(load()),
    endSession: (id) => attempt(end(id).finally(load)),
    endOtherSessions() {
      const others = (sessions.value ?? []).filter(({ current }) => !current)
      attempt(Promise.all(others.map(({ id }) => end(id))).finally(load))
    },
    endPush: ({ push = [] }) =>
      attempt(Promise.all(push.map((id) => client().removePushSubscription(id))).finally(load)),
    async changeProfile(change) {
      await client().rest('PATCH /users/me', { body: change })
    },
    async setPicture(file) {
      await client().setAvatar(file)
    },
    removePicture: () => client().removeAvatar(),
    async changePassword(change) {
      await client().rest('PUT /users/me/password', { body: change })
    },
    async mailSettings() {
      const { mail } = await about({ url: location.origin })
      return mail ? client().rest('GET /users/me/mail') : undefined
    },
    async changeMailSettings(change) {
      await client().rest('PATCH /users/me/mail', { body: change })
    },
    async sendConfirmation() {
      await client().rest('POST /users/me/confirmation')
    },
    async erase(erasure) {
      await client().eraseAccount(erasure)
      page.go(listAddress)
    },
  }
}
