import type { ApiToken, BotDraft, TokenDraft } from '../../protocol/tokens.ts'
import type { User } from '../../protocol/users.ts'
import type { Webhook } from '../../protocol/webhooks.ts'
import type { Inside } from '../ground/inside.ts'

/** Whose tokens: one's own, or those of a bot, which administrators look after. */
export type TokenOwner = 'me' | { bot: string }

export type TokenActs = {
  list(owner: TokenOwner): Promise<readonly ApiToken[]>
  /** The answer is the only one that has the `token` itself. */
  make(owner: TokenOwner, draft: TokenDraft): Promise<ApiToken>
  revoke(owner: TokenOwner, id: string): Promise<void>
  bots(): Promise<readonly User[]>
  makeBot(draft: BotDraft): Promise<User>
  webhooks(room: string): Promise<readonly Webhook[]>
  /** The answer is the only one that has the `url`. */
  makeWebhook(room: string, name: string): Promise<Webhook>
  removeWebhook(room: string, id: string): Promise<void>
}

const pathOf = (owner: TokenOwner) =>
  owner === 'me' ? '/tokens' : `/bots/${encodeURIComponent(owner.bot)}/tokens`
const hooksOf = (room: string) => `/rooms/${encodeURIComponent(room)}/webhooks`

export function tokenActs({ client }: Inside): TokenActs {
  const list = async <Item>(path: string) => (await client().rest<{ items: Item[] }>('GET', path)).items
  return {
    list: (owner) => list<ApiToken>(pathOf(owner)),
    make: (owner, draft) => client().rest('POST', pathOf(owner), draft),
    revoke: (owner, id) => client().rest('DELETE', `${pathOf(owner)}/${encodeURIComponent(id)}`),
    bots: () => list<User>('/bots'),
    makeBot: (draft) => client().rest('POST', '/bots', draft),
    webhooks: (room) => list<Webhook>(hooksOf(room)),
    makeWebhook: (room, name) => client().rest('POST', hooksOf(room), { name }),
    removeWebhook: (room, id) => client().rest('DELETE', `${hooksOf(room)}/${encodeURIComponent(id)}`),
  }
}
