import type { ApiToken, NewToken } from '../../protocol/tokens.ts'
import type { ActTools } from '../ground/act-tools.ts'

/** Your own tokens, or those of a bot, which administrators manage. */
export type TokenOwner = 'me' | { bot: string }

export type TokenActs = {
  list(owner: TokenOwner): Promise<readonly ApiToken[]>
  /** Only this response has the `token` itself. */
  create(owner: TokenOwner, newToken: NewToken): Promise<ApiToken>
  revoke(owner: TokenOwner, id: string): Promise<void>
}

export const tokenActs = ({ client }: ActTools): TokenActs => ({
  async list(owner) {
    const { items } =
      owner === 'me'
        ? await client().rest('GET /tokens')
        : await client().rest('GET /bots/:username/tokens', { params: { username: owner.bot } })
    return items
  },
  create: (owner, newToken) =>
    owner === 'me'
      ? client().rest('POST /tokens', { body: newToken })
      : client().rest('POST /bots/:username/tokens', { params: { username: owner.bot }, body: newToken }),
  revoke: (owner, id) =>
    owner === 'me'
      ? client().rest('DELETE /tokens/:id', { params: { id } })
      : client().rest('DELETE /bots/:username/tokens/:id', { params: { username: owner.bot, id } }),
})
