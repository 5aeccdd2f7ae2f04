/** The page has one address; the fragment says the room, which the server never gets to see. */
export const addressOf = (room: string): string => `#room=${encodeURIComponent(room)}`

/** On a phone: the list, with no room open. */
export const listAddress = '#rooms'

export const roomIn = (fragment: string): string | undefined => valueIn(fragment, 'room')

/** From the link that a server without an admin prints when it starts. */
export const setUpCodeIn = (fragment: string): string | undefined => valueIn(fragment, 'setup')

function valueIn(fragment: string, name: string): string | undefined {
  return new URLSearchParams(fragment.replace(/^#/, '')).get(name) || undefined
}
