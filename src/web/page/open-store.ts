import { computed, effect, signal } from '@preact/signals'
import type { Community } from '../../protocol/community.ts'
import { about } from '../../sdk/auth.ts'
import { type Client, createClient } from '../../sdk/client.ts'
import type { Credentials } from '../../sdk/credentials.ts'
import { initialState, roomOf, type State } from '../../sdk/state.ts'
import { adminActs } from '../admin/acts.ts'
import { fileActs } from '../files/acts.ts'
import type { ActTools, Names } from '../ground/act-tools.ts'
import { watchPage } from '../ground/page.ts'
import { createQuestions } from '../ground/questions.ts'
import { listAddress } from '../ground/route.ts'
import type { Stage, Store } from '../ground/store.ts'
import { sentenceFor } from '../language/error-text.ts'
import { inLanguage } from '../language/in-language.ts'
import { say } from '../language/say.ts'
import { mentionActs } from '../mentions/acts.ts'
import { peopleActs } from '../people/acts.ts'
import { memberActs } from '../people/member-acts.ts'
import { callByName } from '../people/names.ts'
import { isBlocked } from '../people/people.ts'
import { pushActs } from '../push/acts.ts'
import { reportActs } from '../reports/acts.ts'
import { roomActs } from '../rooms/acts.ts'
import { exportActs } from '../rooms/export-acts.ts'
import { lastActs } from '../rooms/last-acts.ts'
import { unreadIn } from '../rooms/rows.ts'
import { webhookActs } from '../rooms/webhook-acts.ts'
import { savedActs } from '../saved/acts.ts'
import { searchActs } from '../search/acts.ts'
import { accountActs } from '../settings/acts.ts'
import { tokenActs } from '../settings/token-acts.ts'
import { signInActs } from '../sign-in/acts.ts'
import { forgetLease, leasedSession, noteLease } from '../sign-in/lease.ts'
import { type SessionEnding, signedOutText } from '../sign-in/signed-out-text.ts'
import { talkActs } from '../talk/acts.ts'
import { threadActs } from '../threads/acts.ts'
import { createBadge } from './badge.ts'
import { keepLastRoom } from './last-room.ts'
import { LastWords } from './later.tsx'
import { setUpNotifications } from './notifications.ts'

/** Connects the page to the server it came from. There is one client at a time; every sign-in creates another. */
export function openStore(window: Window & typeof globalThis): Store {
  const page = watchPage(window)
  const received = signal<State>(initialState)
  const names = signal<Names>(new Map())
  const state = computed(() => callByName(received.value, names.value))
  /** A function, because the reader may change the language. */
  const farewell = signal<() => string | undefined>()
  const toast = signal<string>()
  const typed: Store['typed'] = new Map()
  const stage = computed<Stage>(() => {
    if (state.value.status === 'ended') return 'sign-in'
    return state.value.me ? 'rooms' : 'asking'
  })
  const storage = storageOf(window)
  const clientListeners: ((client: Client) => void)[] = []
  const onlineListeners: (() => void)[] = []
  let client: Client

  const tools: ActTools = {
    state,
    page,
    toast,
    names,
    client: () => client,
    onClient: (listener) => void clientListeners.push(listener),
    onOnline: (listener) => void onlineListeners.push(listener),
    attempt: (act) =>
      void act.catch((error) => {
        toast.value = sentenceFor(error)
      }),
    quietly: (act) => void act.catch(() => {}),
  }

  const begin = (session: Credentials) => {
    const mine = createClient({
      url: window.location.origin,
      session,
      fetch: inLanguage,
      ...(storage ? { storage } : {}),
    })
    client = mine
    typed.clear()
    for (const listen of clientListeners) listen(mine)
    let wasSignedIn = false
    let ending: SessionEnding | undefined
    mine.on('session.ending', (event) => {
      ending = event
    })
    mine.subscribe((next) => {
      if (client !== mine) return
      const before = received.value
      received.value = next
      if (next.status === 'online') {
        wasSignedIn = true
        noteLease(storage, session)
        if (before.status !== 'online') for (const listen of onlineListeners) listen()
      }
      if (next.status !== 'ended') return
      if (next.endedBecause === 'somebody_else') {
        // Another person is signed in now: their page must not open at this person's room.
        page.go(listAddress)
        begin(leasedSession(storage))
        return
      }
      forgetLease(storage)
      farewell.value = wasSignedIn ? () => signedOutText(next.endedBecause, ending) : undefined
    })
    received.value = mine.state
    mine.connect()
  }

  const files = fileActs(tools)
  const mentions = mentionActs(tools)
  const push = pushActs(tools, mentions.count)
  const acts = {
    signIn: signInActs(tools, begin),
    files,
    talk: talkActs(tools, files),
    rooms: roomActs(tools),
    last: lastActs(tools, LastWords),
    webhooks: webhookActs(tools),
    exports: exportActs(tools),
    people: peopleActs(tools),
    members: memberActs(tools),
    account: accountActs(tools),
    tokens: tokenActs(tools),
    admin: adminActs(tools),
    reports: reportActs(tools),
    search: searchActs(tools),
    mentions,
    push,
    threads: threadActs(tools),
    saved: savedActs(tools),
  }

  setUpNotifications(tools, window, {
    isBlocked: (username) => isBlocked(state.value.blocked, username),
    isPushed: push.isOn,
  })
  begin(leasedSession(storage))
  /** What the server says to people who are not signed in. */
  const shown = signal<Community>({})
  // In two steps, so that what reads it is not drawn again with each event.
  const own = computed(() => (state.value.me ? state.value.community : shown.value))
  const community = computed(() => ({ name: say('app.name'), ...own.value }))
  effect(() => {
    if (stage.value !== 'sign-in') return
    tools.quietly(
      about({ url: window.location.origin }).then((server) => (shown.value = server.community ?? {})),
    )
  })
  keepLastRoom(window, page, state, stage)
  const badge = createBadge(window)
  effect(() => {
    const unread = unreadIn(state.value)
    const title = roomOf(state.value, page.room.value ?? '')?.title
    const { name } = community.value
    badge(stage.value === 'rooms' ? unread : 0)
    page.entitle([unread > 0 ? `(${unread})` : '', title ? `${title} · ${name}` : name].join(' ').trim())
  })

  return {
    stage,
    state,
    route: page.route,
    room: page.room,
    go: page.go,
    community,
    visible: page.visible,
    farewell: computed(() => farewell.value?.()),
    toast,
    typed,
    ...createQuestions(),
    overlay: signal(),
    reconnect() {
      // Closing resets the delay of the next attempt.
      client.close()
      client.connect()
    },
    ...acts,
  }
}

/** Without storage, which a browser may forbid, unsent messages are lost when the page is closed. */
function storageOf(window: Window): Storage | undefined {
  try {
    return window.localStorage
  } catch {
    return undefined
  }
}
