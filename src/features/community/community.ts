import { type Community, communityAvatarAddress } from '../../protocol/community.ts'
import { onChange, onDistrust, perServer, type Tools } from '../../scope.ts'
import { type CommunityRow, readCommunity } from './store.ts'

/** What the community calls itself, in memory: every greeting, mail and sign-in page has it. */
const known = perServer(() => ({
  row: {} as CommunityRow,
  reads: 0,
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

/** Of several reads at the same time, the one that began last counts. */
export async function refreshCommunity(tools: Tools): Promise<void> {
  const state = known(tools)
  state.reads += 1
  const mine = state.reads
  const row = await readCommunity(tools.sql)
  if (mine !== state.reads) return
  const before = JSON.stringify(state.row)
  state.row = row
  if (before !== JSON.stringify(row)) for (const tell of state.listeners) tell(presentCommunity(tools))
}

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
