export const settingsPages = [
  'profile',
  'look',
  'notices',
  'sessions',
  'blocked',
  'tokens',
  'account',
] as const
export const adminPages = ['users', 'rooms', 'community', 'bots', 'audit', 'server'] as const
export type SettingsPage = (typeof settingsPages)[number]
export type AdminPage = (typeof adminPages)[number]

/** What the page shows next to the sidebar. */
export type Route =
  | { view: 'list' }
  | { view: 'room'; room: string; seq?: number; thread?: number }
  | { view: 'browse' }
  | { view: 'invite'; code: string }
  | { view: 'settings'; page: SettingsPage }
  | { view: 'admin'; page: AdminPage }
  | { view: 'reports' }
  | { view: 'forYou' }
  | { view: 'threads' }
  | { view: 'saved' }
  | { view: 'drafts' }

/** The page has one address. The route is in the fragment, which the server never sees. */
export const addressOf = (room: string, seq?: number, thread?: number): string =>
  `#room=${encodeURIComponent(room)}${seq === undefined ? '' : `&seq=${seq}`}${thread === undefined ? '' : `&thread=${thread}`}`

/** On a phone: the list of rooms, with nothing open. */
export const listAddress = '#list'
export const browseAddress = '#browse'
export const reportsAddress = '#reports'
export const forYouAddress = '#for-you'
export const threadsAddress = '#threads'
export const savedAddress = '#saved'
export const draftsAddress = '#drafts'
export const inviteAddress = (code: string): string => `#invite=${encodeURIComponent(code)}`
export const settingsAddress = (page: SettingsPage): string => `#settings=${page}`
export const adminAddress = (page: AdminPage): string => `#admin=${page}`

export function routeIn(fragment: string): Route {
  const words = wordsIn(fragment)
  const room = words.get('room')
  if (room) return { view: 'room', room, ...seqIn('seq', words), ...seqIn('thread', words) }
  const code = words.get('invite')
  if (code) return { view: 'invite', code }
  if (words.has('browse')) return { view: 'browse' }
  if (words.has('reports')) return { view: 'reports' }
  if (words.has('for-you')) return { view: 'forYou' }
  if (words.has('threads')) return { view: 'threads' }
  if (words.has('saved')) return { view: 'saved' }
  if (words.has('drafts')) return { view: 'drafts' }
  if (words.has('settings')) return { view: 'settings', page: oneOf(settingsPages, words.get('settings')) }
  if (words.has('admin')) return { view: 'admin', page: oneOf(adminPages, words.get('admin')) }
  return { view: 'list' }
}

/** The code in the link that a server without an administrator prints when it starts. */
export const setUpCodeIn = (fragment: string): string | undefined =>
  wordsIn(fragment).get('setup') || undefined

/** What a one-time link is for, by the word in its fragment. */
const linkKinds = {
  'sign-in': 'signIn',
  reset: 'reset',
  confirm: 'confirm',
  unsubscribe: 'unsubscribe',
} as const
export type OneTimeLink = { kind: (typeof linkKinds)[keyof typeof linkKinds]; token: string }

export function oneTimeLinkIn(fragment: string): OneTimeLink | undefined {
  const words = wordsIn(fragment)
  for (const [word, kind] of Object.entries(linkKinds)) {
    const token = words.get(word)
    if (token) return { kind, token }
  }
  return undefined
}

const wordsIn = (fragment: string) => new URLSearchParams(fragment.replace(/^#/, ''))

function seqIn(word: 'seq' | 'thread', words: URLSearchParams): { seq?: number; thread?: number } {
  const seq = Number(words.get(word))
  return Number.isSafeInteger(seq) && seq > 0 ? { [word]: seq } : {}
}

/** The address of a page that no longer exists opens the first one. */
function oneOf<Name extends string>(names: readonly [Name, ...Name[]], name: string | null): Name {
  return names.find((each) => each === name) ?? names[0]
}
