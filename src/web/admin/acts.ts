import { type ReadonlySignal, signal } from '@preact/signals'
import type { AuditEntry, ProfileChange, User } from '../../protocol/users.ts'
import type { Inside } from '../ground/inside.ts'
import { say } from '../language/say.ts'
import { sentenceFor } from '../language/told.ts'
import { createListing, type Pages } from './paged-list.ts'

export type AdminActs = {
  readonly users: ReadonlySignal<Pages<User> | undefined>
  /** What people were last looked for by. */
  readonly sought: ReadonlySignal<string>
  findUsers(query: string): void
  moreUsers(): void
  setAdmin(username: string, on: boolean): void
  setBanned(username: string, on: boolean): void
  changeUser(username: string, change: ProfileChange): Promise<void>

  readonly audit: ReadonlySignal<Pages<AuditEntry> | undefined>
  loadAudit(): void
  moreAudit(): void
}

export function adminActs({ client, onClient, attempt, quietly, trouble }: Inside): AdminActs {
  const sought = signal('')
  const users = createListing<User>((after) =>
    client().rest('GET', `/users?${words({ q: sought.peek(), after })}`),
  )
  const audit = createListing<AuditEntry>((before) => client().rest('GET', `/audit?${words({ before })}`))
  onClient(() => {
    sought.value = ''
    users.forget()
    audit.forget()
  })

  const path = (username: string) => `/users/${encodeURIComponent(username)}`
  /** What the server says now is shown, also after a refusal: somebody else may have been faster. */
  const refresh = async (username: string) => {
    const user = await client().rest<User>('GET', path(username))
    users.put((each) => each.username === username, user)
  }
  const set = (what: string, username: string, on: boolean) =>
    client()
      .rest(on ? 'PUT' : 'DELETE', `${path(username)}/${what}`)
      .catch((error) => {
        trouble.value = sentenceFor(error, { conflict: say('users.lastAdmin') })
      })
      .finally(() => quietly(refresh(username)))

  return {
    users: users.pages,
    sought,
    findUsers(wanted) {
      sought.value = wanted
      attempt(users.start())
    },
    moreUsers: () => attempt(users.more()),
    setAdmin: (username, on) => void set('roles/admin', username, on),
    setBanned: (username, on) => void set('ban', username, on),
    async changeUser(username, change) {
      await client().rest('PATCH', path(username), change)
      await refresh(username)
    },
    audit: audit.pages,
    loadAudit: () => attempt(audit.start()),
    moreAudit: () => attempt(audit.more()),
  }
}

/** A query of what is there. */
const words = (wanted: Record<string, string | number | undefined>): string =>
  new URLSearchParams(
    Object.entries(wanted).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)]],
    ),
  ).toString()
