import { computed, effect, signal } from '@preact/signals'

import type { Room } from '../protocol/rooms.ts'
import { type AuthDoor, type Authenticated, logIn, setUp, signUp } from '../sdk/auth.ts'
import { type Client, createClient } from '../sdk/client.ts'
import { cookieSession, type Session } from '../sdk/session.ts'
import { initialState, roomOf, type State } from '../sdk/state.ts'
import { farewellFor } from './farewell.ts'
import { faultOf } from './fault.ts'
import { collectNotices } from './notices.ts'
import { watchPage } from './page.ts'
import { joinedRooms } from './rooms.ts'
import { addressOf, listAddress } from './route.ts'
import type { Place, Store } from './store.ts'

/** As in protocol/limits.ts, whose schema would bring 45 KB of TypeBox into the page. */
const messageCharacters = 8000

/** Joins the page to the server it came from. One client at a time: each signing in begins with a new one. */
export function openStore(window: Window): Store {
  const page = watchPage(window)
  const door: AuthDoor = { url: window.location.origin, cookie: true }
  const state = signal<State>(initialState)
  const farewell = signal<string>()
  const trouble = signal<string>()
  const openRooms = signal<readonly Room[]>([])
  const listed = signal(false)
  const place = computed<Place>(() => {
    if (state.value.status === 'ended') return 'door'
    return state.value.me ? 'in' : 'asking'
  })
  const { notices, collect } = collectNotices()
  const drafts = new Map<string, string>()
  let client: Client

  const begin = (session: Session) => {
    const mine = createClient({ url: door.url, session, ...storageOf(window) })
    client = mine
    collect(mine)
    listed.value = false
    openRooms.value = []
    const kept = new Set<string>()
    let wasIn = false
    mine.subscribe((next) => {
      if (client !== mine) return
      const before = state.value
      state.value = next
      if (next.status === 'online') {
        wasIn = true
        keepLive(kept, next)
        if (before.status !== 'online') refresh()
      }
      if (next.status === 'ended') farewell.value = wasIn ? farewellFor(next.endedBecause) : undefined
    })
    mine.on('room.closed', ({ room, reason }) => {
      kept.delete(room)
      if (page.room.value !== room) return
      page.go(listAddress)
      if (reason !== 'left')
        trouble.value = `This room was ${reason === 'deleted' ? 'deleted' : 'closed to you'}.`
    })
    state.value = mine.state
    mine.connect()
  }

  /** Every joined room is live, so that its unread count is; only the one in view fetches its last messages. */
  const keepLive = (kept: Set<string>, { rooms }: State) => {
    for (const { id, role } of Object.values(rooms)) {
      if (!role || kept.has(id)) continue
      kept.add(id)
      quietly(client.openRoom(id, { history: id === page.room.value ? 50 : 0 }))
    }
  }
  const refresh = () =>
    quietly(
      client.loadRooms().then((rooms) => {
        openRooms.value = rooms
        listed.value = true
      }),
    )

  const attempt = (act: Promise<unknown>) =>
    void act.catch((error) => {
      trouble.value = faultOf(error).message
    })
  const come = async (entered: Promise<Authenticated>) => {
    const { session } = await entered
    page.setUpCode.value = undefined
    begin(session)
  }

  begin(cookieSession())
  effect(() => {
    if (page.visible.value && state.peek().status === 'online') refresh()
  })
  effect(() => {
    const unread = joinedRooms(state.value).reduce((sum, room) => sum + room.unread, 0)
    const title = roomOf(state.value, page.room.value ?? '')?.title
    page.entitle([unread > 0 ? `(${unread})` : '', title ? `${title} · Parley` : 'Parley'].join(' ').trim())
  })

  return {
    place,
    state,
    room: page.room,
    setUpCode: page.setUpCode,
    visible: page.visible,
    farewell,
    trouble,
    openRooms,
    listed,
    notices,
    drafts,
    limit: messageCharacters,

    login: ({ username, password }) => come(logIn(door, { username, password })),
    signup: (credentials) => come(signUp(door, credentials)),
    setup: (credentials) => come(setUp(door, { ...credentials, code: page.setUpCode.value ?? '' })),
    signOut: () => attempt(client.logOut()),
    reconnect() {
      // Closing forgets how long the next try was to wait.
      client.close()
      client.connect()
    },

    enter(id) {
      const fill = async () => {
        await client.openRoom(id)
        await client.loadMembers(id)
      }
      quietly(fill())
    },
    join: (id) => attempt(client.joinRoom(id).then(() => page.go(addressOf(id)))),
    leave: (id) => attempt(client.leaveRoom(id).then(refresh)),
    async createRoom(draft) {
      const room = await client.rest<Room>('POST', '/rooms', draft)
      await refresh()
      page.go(addressOf(room.id))
    },

    send: (id, text) => void client.send(id, text),
    retry: (clientId) => client.retry(clientId),
    discard: (clientId) => client.discard(clientId),
    older: (id) => quietly(client.older(id)),
    typing: (id) => client.typing(id),
    markRead: (id) => client.markRead(id),
    react: (room, seq, emoji, on) =>
      attempt(client.request(on ? 'reaction.add' : 'reaction.remove', { room, seq, emoji })),
  }
}

/** What is tried again by itself, or shown by the state, needs no words of its own. */
const quietly = (act: Promise<unknown>): Promise<unknown> => act.catch(() => {})

/** A browser may forbid storage; then unsent messages live as long as the page. */
function storageOf(window: Window): { storage?: Storage } {
  try {
    return { storage: window.localStorage }
  } catch {
    return {}
  }
}
