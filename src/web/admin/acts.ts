import { type ReadonlySignal, signal } from '@preact/signals'
import type { AuditFilter, AuditPage } from '../../protocol/audit.ts'
import type { Findings } from '../../protocol/findings.ts'
import type { CreatedUser, NewUser, SignInLink } from '../../protocol/one-time-links.ts'
import type { RoomFactsPage, RoomFactsQuery } from '../../protocol/room-facts.ts'
import type { ServerFacts } from '../../protocol/server-facts.ts'
import type { NewBot } from '../../protocol/tokens.ts'
import type { BanRequest, ProfileChange, User } from '../../protocol/users.ts'
import type { Client } from '../../sdk/client.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { createListing, type Pages } from '../kit/paged-list.ts'
import { sentenceFor, textOfReason } from '../language/error-text.ts'
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
  removePicture(username: string): void
  changeUser(username: string, change: ProfileChange): Promise<void>
  createSignInLink(username: string): Promise<SignInLink>
  createAccount(newUser: NewUser): Promise<CreatedUser>

  /** Whether anybody else has an account or was invited; undefined until the server has said so. */
  readonly hasOthers: ReadonlySignal<boolean | undefined>
  lookForOthers(): void

  /** A page of all rooms, also of those that you are not in. */
  listRooms(query: RoomFactsQuery): Promise<RoomFactsPage>

  /** Why the server can store nothing, or soon cannot; undefined if it can. */
  readonly warning: ReadonlySignal<Word | undefined>
  /** What was found wrong with the stored messages. */
  readonly findings: ReadonlySignal<Findings | undefined>
  loadHealth(): void

  showServer(): Promise<ServerFacts>

  nameCommunity(name: string): Promise<void>
  setCommunityPicture(file: Blob): Promise<unknown>
  removeCommunityPicture(): Promise<void>

  bots(): Promise<readonly User[]>
  createBot(newBot: NewBot): Promise<User>

  listAudit(query: AuditFilter & { before?: number | undefined }): Promise<AuditPage>
}

export function adminActs({ client, onClient, attempt, quietly, toast }: ActTools): AdminActs {
  const userQuery = signal('')
  const users = createListing((after: string | undefined) =>
    client().rest('GET /users', { query: { q: userQuery.peek() || undefined, after } }),
  )
  const hasOthers = signal<boolean | undefined>()
  const warning = signal<Word | undefined>()
  const findings = signal<Findings | undefined>()
  onClient(() => {
    hasOthers.value = undefined
    warning.value = undefined
    findings.value = undefined
    userQuery.value = ''
    users.clear()
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
    removePicture: (username) => {
      void finish(username, client().rest('DELETE /users/:username/avatar', { params: { username } }))
    },
    async changeUser(username, change) {
      await client().rest('PATCH /users/:username', { params: { username }, body: change })
      quietly(refresh(username))
    },
    createSignInLink: (username) =>
      client().rest('POST /users/:username/sign-in-link', { params: { username } }),
    async createAccount(newUser) {
      const made = await client().rest('POST /users', { body: newUser })
      // The account is made, even if the list cannot be loaded just now.
      quietly(users.start())
      return made
    },
    hasOthers,
    lookForOthers() {
      quietly(
        othersIn(client()).then((some) => {
          hasOthers.value = some
        }),
      )
    },
    listRooms: (query) => client().rest('GET /admin/rooms', { query }),
    warning,
    findings,
    loadHealth() {
      quietly(
        healthWarning().then((found) => {
          warning.value = found
        }),
      )
      attempt(
        client()
          .rest('GET /findings')
          .then((found) => {
            findings.value = found
          }),
      )
    },
    showServer: () => client().rest('GET /admin/server'),
    nameCommunity: async (name) => void (await client().rest('PATCH /community', { body: { name } })),
    setCommunityPicture: (file) => client().setCommunityAvatar(file),
    removeCommunityPicture: () => client().rest('DELETE /community/avatar'),
    bots: async () => (await client().rest('GET /bots')).items,
    createBot: (newBot) => client().rest('POST /bots', { body: newBot }),
    listAudit: (query) => client().rest('GET /audit', { query }),
  }
}

/** Programs do not count. An invite that nobody has accepted yet does. */
async function othersIn(client: Client): Promise<boolean> {
  const { items, next } = await client.rest('GET /users', { query: {} })
  if (next !== undefined || items.filter(({ bot }) => !bot).length > 1) return true
  const invites = await client.rest('GET /audit', { query: { action: 'invite.made', limit: 1 } })
  return invites.items.length > 0
}

/** Outside of the SDK: the address of the health check is for monitors, and has no refusals. */
async function healthWarning(): Promise<Word | undefined> {
  try {
    const response = await fetch('/health/ready')
    const { disk, reason } = (await response.json()) as { disk?: string; reason?: string }
    if (disk === 'low') return 'admin.diskLow'
    return reason !== undefined && textOfReason(reason) !== undefined
      ? (`refusal.${reason}` as Word)
      : undefined
  } catch {
    // The page says elsewhere that the server does not respond.
    return undefined
  }
}
