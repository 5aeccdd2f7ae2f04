import { computed, effect, signal } from '@preact/signals'
import { type Client, createClient } from '../../sdk/client.ts'
import type { Session } from '../../sdk/credentials.ts'
import { initialState, roomOf, type State } from '../../sdk/state.ts'
import { adminActs } from '../admin/acts.ts'
import type { Inside } from '../ground/inside.ts'
import { watchPage } from '../ground/page.ts'
import { createQuestions } from '../ground/questions.ts'
import { listAddress } from '../ground/route.ts'
import type { Place, Store } from '../ground/store.ts'
import { faultOf } from '../language/fault.ts'
import { say } from '../language/say.ts'
import type { Word } from '../language/translations/types.ts'
import { peopleActs } from '../people/acts.ts'
import { callByName, type Names } from '../people/names.ts'
import { roomActs } from '../rooms/acts.ts'
import { unreadIn } from '../rooms/rows.ts'
import { accountActs } from '../settings/acts.ts'
import { tokenActs } from '../settings/token-acts.ts'
import { doorActs } from '../sign-in/acts.ts'
import { farewellFor } from '../sign-in/farewell.ts'
import { forgetLease, leasedSession, noteLease } from '../sign-in/lease.ts'
import { talkActs } from '../talk/acts.ts'
import { createBadge } from './badge.ts'
import { hangBell } from './notifications.ts'

/** Joins the page to the server it came from. One client at a time: each signing in begins with a new one. */
export function openStore(window: Window & typeof globalThis): Store {
  const page = watchPage(window)
  const told = signal<State>(initialState)
  const names = signal<Names>(new Map())
  const state = computed(() => callByName(told.value, names.value))
  const farewell = signal<Word>()
  const trouble = signal<string>()
  const place = computed<Place>(() => {
    if (state.value.status === 'ended') return 'door'
    return state.value.me ? 'in' : 'asking'
  })
  const storage = storageOf(window)
  const newcomers: ((client: Client) => void)[] = []
  const arrivals: (() => void)[] = []
  let client: Client

  const inside: Inside = {
    state,
    page,
    trouble,
    names,
    client: () => client,
    onClient: (listener) => void newcomers.push(listener),
    onOnline: (listener) => void arrivals.push(listener),
    attempt: (act) =>
      void act.catch((error) => {
        trouble.value = sentenceOf(error)
      }),
    quietly: (act) => void act.catch(() => {}),
  }

  const begin = (session: Session) => {
    const mine = createClient({ url: window.location.origin, session, ...(storage ? { storage } : {}) })
    client = mine
    for (const listen of newcomers) listen(mine)
    let wasIn = false
    let ending: string | undefined
    mine.on('session.ending', ({ reason }) => {
      ending = reason
    })
    mine.subscribe((next) => {
      if (client !== mine) return
      const before = told.value
      told.value = next
      if (next.status === 'online') {
        wasIn = true
        noteLease(storage, session)
        if (before.status !== 'online') for (const arrive of arrivals) arrive()
      }
      if (next.status !== 'ended') return
      if (next.endedBecause === 'somebody_else') {
        // Whoever that is has no business where this one was.
        page.go(listAddress)
        begin(leasedSession(storage))
        return
      }
      forgetLease(storage)
      farewell.value = wasIn ? farewellFor(next.endedBecause, ending) : undefined
    })
    told.value = mine.state
    mine.connect()
  }

  const acts = {
    door: doorActs(inside, begin),
    talk: talkActs(inside),
    rooms: roomActs(inside),
    people: peopleActs(inside),
    account: accountActs(inside),
    tokens: tokenActs(inside),
    admin: adminActs(inside),
  }

  hangBell(inside, window)
  begin(leasedSession(storage))
  const badge = createBadge(window)
  effect(() => {
    const unread = unreadIn(state.value)
    const title = roomOf(state.value, page.room.value ?? '')?.title
    const name = say('app.name')
    badge(place.value === 'in' ? unread : 0)
    page.entitle([unread > 0 ? `(${unread})` : '', title ? `${title} · ${name}` : name].join(' ').trim())
  })

  return {
    place,
    state,
    route: page.route,
    room: page.room,
    go: page.go,
    visible: page.visible,
    farewell: computed(() => farewell.value && say(farewell.value)),
    trouble,
    ...createQuestions(),
    overlay: signal(),
    reconnect() {
      // Closing forgets how long the next try was to wait.
      client.close()
      client.connect()
    },
    ...acts,
  }
}

function sentenceOf(error: unknown): string {
  const { message, fields } = faultOf(error)
  return message ?? Object.values(fields).join(' ')
}

/** A browser may forbid storage; then unsent messages live as long as the page. */
function storageOf(window: Window): Storage | undefined {
  try {
    return window.localStorage
  } catch {
    return undefined
  }
}
