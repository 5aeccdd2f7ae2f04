export const settingsPages = [
  'profile',
  'look',
  'notices',
  'sessions',
  'blocked',
  'tokens',
  'account',
] as const
export const adminPages = ['users', 'bots', 'audit'] as const
export type SettingsPage = (typeof settingsPages)[number]
export type AdminPage = (typeof adminPages)[number]

/** What the page shows next to the sidebar. */
export type Route =
  | { view: 'list' }
  | { view: 'room'; room: string; seq?: number }
  | { view: 'browse' }
  | { view: 'invite'; code: string }
  | { view: 'settings'; page: SettingsPage }
  | { view: 'admin'; page: AdminPage }
  | { view: 'reports' }

/** The page has one address. The route is in the fragment, which the server never sees. */
export const addressOf = (room: string, seq?: number): string =>
  `#room=${encodeURIComponent(room)}${seq === undefined ? '' : `&seq=${seq}`}`

/** On a phone: the list of rooms, with nothing open. */
export const listAddress = '#list'
export const browseAddress = '#browse'
export const reportsAddress = '#reports'
export const inviteAddress = (code: string): string => `#invite=${encodeURIComponent(code)}`
export const settingsAddress = (page: SettingsPage): string => `#settings=${page}`
export const adminAddress = (page: AdminPage): string => `#admin=${page}`

export function routeIn(fragment: string): Route {
  const words = wordsIn(fragment)
  const room = words.get('room')
  if (room) return { view: 'room', room, ...seqIn(words.get('seq')) }
  const code = words.get('invite')
  if (code) return { view: 'invite', code }
  if (words.has('browse')) return { view: 'browse' }
  if (words.has('reports')) return { view: 'reports' }
  if (words.has('settings')) return { view: 'settings', page: oneOf(settingsPages, words.get('settings')) }
  if (words.has('admin')) return { view: 'admin', page: oneOf(adminPages, words.get('admin')) }
  return { view: 'list' }
}

/** The code in the link that a server without an administrator prints when it starts. */
export const setUpCodeIn = (fragment: string): string | undefined =>
  wordsIn(fragment).get('setup') || undefined

const wordsIn = (fragment: string) => new URLSearchParams(fragment.replace(/^#/, ''))

function seqIn(text: string | null): { seq?: number } {
  const seq = Number(text)
  return Number.isSafeInteger(seq) && seq > 0 ? { seq } : {}
}

/** The address of a page that no longer exists opens the first one. */
function oneOf<Name extends string>(names: readonly [Name, ...Name[]], name: string | null): Name {
  return names.find((each) => each === name) ?? names[0]
}
