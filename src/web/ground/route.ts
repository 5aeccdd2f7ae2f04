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

/** What the page shows beside the list of rooms. */
export type Route =
  | { view: 'list' }
  | { view: 'room'; room: string; seq?: number }
  | { view: 'browse' }
  | { view: 'invite'; code: string }
  | { view: 'settings'; page: SettingsPage }
  | { view: 'admin'; page: AdminPage }

/** The page has one address; the fragment says the rest, which the server never gets to see. */
export const addressOf = (room: string, seq?: number): string =>
  `#room=${encodeURIComponent(room)}${seq === undefined ? '' : `&seq=${seq}`}`

/** On a phone: the list, with nothing open beside it. */
export const listAddress = '#list'
export const browseAddress = '#browse'
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
  if (words.has('settings')) return { view: 'settings', page: oneOf(settingsPages, words.get('settings')) }
  if (words.has('admin')) return { view: 'admin', page: oneOf(adminPages, words.get('admin')) }
  return { view: 'list' }
}

/** From the link that a server without an admin prints when it starts. */
export const setUpCodeIn = (fragment: string): string | undefined =>
  wordsIn(fragment).get('setup') || undefined

const wordsIn = (fragment: string) => new URLSearchParams(fragment.replace(/^#/, ''))

function seqIn(text: string | null): { seq?: number } {
  const seq = Number(text)
  return Number.isSafeInteger(seq) && seq > 0 ? { seq } : {}
}

/** An address of a page that is no more leads to the first there is. */
function oneOf<Name extends string>(names: readonly [Name, ...Name[]], name: string | null): Name {
  return names.find((each) => each === name) ?? names[0]
}
