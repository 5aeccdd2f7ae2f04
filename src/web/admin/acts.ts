import { type ReadonlySignal, signal } from '@preact/signals'
import type { NewBot } from '../../protocol/tokens.ts'
import type { AuditEntry, BanRequest, ProfileChange, User } from '../../protocol/users.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { createListing, type Pages } from '../kit/paged-list.ts'
import { sentenceFor } from '../language/error-text.ts'
import { en } from '../language/translations/en.ts'
import type { Word } from '../language/translations/types.ts'

export type AdminActs = {
  readonly users: ReadonlySignal<Pages<User> | undefined>
  /** The last query of the search for users. */
  readonly userQuery: ReadonlySignal<string>
  findUsers(query: string): void
  moreUsers(): void
  setAdmin(username: string, on: boolean): void
  ban(username: string, ban: BanRequest): Promise<void>
  unban(username: string): void
  changeUser(username: string, change: ProfileChange): Promise<void>

  /** What is wrong with the server, if anything is. */
  healthWarning(): Promise<Word | undefined>

  bots(): Promise<readonly User[]>
  createBot(newBot: NewBot): Promise<User>

  readonly audit: ReadonlySignal<Pages<AuditEntry> | undefined>
  loadAudit(): void
  moreAudit(): void
}

export function adminActs({ client, onClient, attempt, quietly, toast }: ActTools): AdminActs {
  const userQuery = signal('')
  const users = createListing((after: string | undefined) =>
    client().rest('GET /users', { query: { q: userQuery.peek() || undefined, after } }),
  )
  const audit = createListing((before: number | undefined) =>
    client().rest('GET /audit', { query: { before } }),
  )
  onClient(() => {
    userQuery.value = ''
    users.clear()
    audit.clear()
  })

  const refresh = async (username: string) => {
    const user = await client().rest('GET /users/:username', { params: { username } })
    users.replace((each) => each.username === username, user)
  }
  /** Fetches the user again, also after a refusal: another administrator may have changed them first. */
  const finish = (username: string, change: Promise<void>) =>
    change
      .catch((error) => {
        toast.value = sentenceFor(error)
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
    setAdmin: (username, on) => {
      const route = `${on ? 'PUT' : 'DELETE'} /users/:username/roles/:role` as const
      void finish(username, client().rest(route, { params: { username, role: 'admin' } }))
    },
    async ban(username, ban) {
      await client().rest('PUT /users/:username/ban', { params: { username }, body: ban })
      // The ban is done, even if the list cannot be loaded just now.
      quietly(refresh(username))
    },
    unban: (username) => {
      void finish(username, client().rest('DELETE /users/:username/ban', { params: { username } }))
    },
    async changeUser(username, change) {
      await client().rest('PATCH /users/:username', { params: { username }, body: change })
      quietly(refresh(username))
    },
    healthWarning,
    bots: async () => (await client().rest('GET /bots')).items,
    createBot: (newBot) => client().rest('POST /bots', { body: newBot }),
    audit: audit.pages,
    loadAudit: () => attempt(audit.start()),
    moreAudit: () => attempt(audit.more()),
  }
}

/** Outside of the SDK: the address of the health check is for monitors, and has no refusals. */
async function healthWarning(): Promise<Word | undefined> {
  try {
    const response = await fetch('/health/ready')
    const { disk, reason } = (await response.json()) as { disk?: string; reason?: string }
    if (disk === 'low') return 'admin.diskLow'
    const word = `refusal.${reason}`
    return Object.hasOwn(en, word) ? (word as Word) : undefined
  } catch {
    // The page says elsewhere that the server does not respond.
    return undefined
  }
}
