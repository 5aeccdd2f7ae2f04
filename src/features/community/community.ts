import { createBatch } from '../../batch.ts'
import { type Community, communityAvatarAddress } from '../../protocol/community.ts'
import { onChange, onDistrust, perServer, type Tools } from '../../scope.ts'
import { type CommunityRow, readCommunity } from './store.ts'

const mostWaiting = 10_000

/** What the community calls itself, in memory: every greeting, mail and sign-in page has it. */
const known = perServer(() => ({
  row: {} as CommunityRow,
  listeners: [] as ((community: Community) => void)[],
}))

/** Reads it, and again whenever it may be another one. Nobody is asked to wait: what was true before is shown until then. */
export async function startCommunity(tools: Tools): Promise<void> {
  await refreshCommunity(tools)
  const refresh = () =>
    void refreshCommunity(tools).catch((error: unknown) => {
      tools.log.warn('the name of the community could not be read; it is shown as it was', { error })
    })
  onChange(tools, 'community', refresh)
  onDistrust(tools, refresh)
}

const reads = perServer((tools) =>
  createBatch<null, null>(mostWaiting, async (asked) => {
    const state = known(tools)
    const before = JSON.stringify(state.row)
    state.row = await readCommunity(tools.sql)
    if (before !== JSON.stringify(state.row))
      for (const tell of state.listeners) tell(presentCommunity(tools))
    return asked
  }),
)

/** One read after the other, so that none puts an older answer in the place of a newer one. */
export const refreshCommunity = async (tools: Tools): Promise<void> => void (await reads(tools).ask(null))

/** Called on every node when the community has another name or picture. */
export const onCommunity = (tools: Tools, listener: (community: Community) => void): void =>
  void known(tools).listeners.push(listener)

export const communityRow = (tools: Tools): CommunityRow => known(tools).row

export function presentCommunity(tools: Tools): Community {
  const { name, avatar } = known(tools).row
  return { ...(name && { name }), ...(avatar && { avatar: communityAvatarAddress(avatar) }) }
}

/** For what has it only if there is something to say. */
export function communityField(tools: Tools): { community?: Community } {
  const community = presentCommunity(tools)
  return Object.keys(community).length > 0 ? { community } : {}
}

/** What a mail calls this server: also its host, because the name is only what an administrator has chosen. */
export function siteOf(tools: Tools, origin: string): string {
  const { host } = new URL(origin)
  const { name } = known(tools).row
  return name ? `${name} (${host})` : host
}
