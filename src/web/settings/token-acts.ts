import type { ApiToken, TokenDraft } from '../../protocol/tokens.ts'
import type { ActTools } from '../ground/act-tools.ts'

/** Your own tokens, or those of a bot, which administrators manage. */
export type TokenOwner = 'me' | { bot: string }

export type TokenActs = {
  list(owner: TokenOwner): Promise<readonly ApiToken[]>
  /** Only this response has the `token` itself. */
  create(owner: TokenOwner, draft: TokenDraft): Promise<ApiToken>
  revoke(owner: TokenOwner, id: string): Promise<void>
}

const pathOf = (owner: TokenOwner) =>
  owner === 'me' ? '/tokens' : `/bots/${encodeURIComponent(owner.bot)}/tokens`

export const tokenActs = ({ client }: ActTools): TokenActs => ({
  list: async (owner) => (await client().rest<{ items: ApiToken[] }>('GET', pathOf(owner))).items,
  create: (owner, draft) => client().rest('POST', pathOf(owner), draft),
  revoke: (owner, id) => client().rest('DELETE', `${pathOf(owner)}/${encodeURIComponent(id)}`),
})
