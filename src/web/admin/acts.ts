import { type ReadonlySignal, signal } from '@preact/signals'
import type { BotDraft } from '../../protocol/tokens.ts'
import type { AuditEntry, ProfileChange, User } from '../../protocol/users.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { createListing, type Pages } from './paged-list.ts'

export type AdminActs = {
  readonly users: ReadonlySignal<Pages<User> | undefined>
  /** The last query of the search for users. */
  readonly userQuery: ReadonlySignal<string>
  findUsers(query: string): void
  moreUsers(): void
  setAdmin(username: string, on: boolean): void
  setBanned(username: string, on: boolean): void
  changeUser(username: string, change: ProfileChange): Promise<void>

  bots(): Promise<readonly User[]>
  createBot(draft: BotDraft): Promise<User>

  readonly audit: ReadonlySignal<Pages<AuditEntry> | undefined>
  loadAudit(): void
  moreAudit(): void
}

export function adminActs({ client, onClient, attempt, quietly, trouble }: ActTools): AdminActs {
  const userQuery = signal('')
  const users = createListing<User>((after) =>
    client().rest('GET', `/users?${queryOf({ q: userQuery.peek(), after })}`),
  )
  const audit = createListing<AuditEntry>((before) => client().rest('GET', `/audit?${queryOf({ before })}`))
  onClient(() => {
    userQuery.value = ''
    users.clear()
    audit.clear()
  })

  const path = (username: string) => `/users/${encodeURIComponent(username)}`
  /** Also after a refusal: another administrator may have changed the user first. */
  const refresh = async (username: string) => {
    const user = await client().rest<User>('GET', path(username))
    users.replace((each) => each.username === username, user)
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
    userQuery,
    findUsers(query) {
      userQuery.value = query
      attempt(users.start())
    },
    moreUsers: () => attempt(users.more()),
    setAdmin: (username, on) => void set('roles/admin', username, on),
    setBanned: (username, on) => void set('ban', username, on),
    async changeUser(username, change) {
      await client().rest('PATCH', path(username), change)
      await refresh(username)
    },
    bots: async () => (await client().rest<{ items: User[] }>('GET', '/bots')).items,
    createBot: (draft) => client().rest('POST', '/bots', draft),
    audit: audit.pages,
    loadAudit: () => attempt(audit.start()),
    moreAudit: () => attempt(audit.more()),
  }
}

/** A query string of the values that are set. */
const queryOf = (query: Record<string, string | number | undefined>): string =>
  new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)]],
    ),
  ).toString()
