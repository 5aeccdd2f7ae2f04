import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Client } from '../../sdk/client.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { preferences } from '../ground/preferences.ts'
import { language } from '../language/language.ts'
import { say } from '../language/say.ts'
import { canPush } from './can-push.ts'
import type { Device } from './device.ts'

export type PushActs = {
  /** Whether this browser gets push messages for the person who is signed in. */
  readonly isOn: ReadonlySignal<boolean>
  /** Whether to offer them: after the first message of the person, or when somebody has mentioned them. */
  readonly isOffered: ReadonlySignal<boolean>
  decline(): void
  /**
   * After a click: the browser asks for its permission. `level` is one of `preferences.notices`. Resolves to whether notifications also
   * come while the page is closed.
   */
  turnOn(level: 'on' | 'all'): Promise<boolean>
  turnOff(): void
}

export function pushActs(
  { client, state, onClient, onOnline, quietly }: ActTools,
  mentions: ReadonlySignal<number>,
): PushActs {
  const { notices, pushed, offered } = preferences
  const hasWritten = signal(false)
  const wording = computed(() => ({
    lang: language.value,
    texts: { in: say('bell.in'), mention: say('bell.mention'), message: say('bell.message') },
  }))
  let loading: Promise<Device> | undefined
  const load = (): Promise<Device> => {
    loading ??= import('./device.ts').then(
      ({ createDevice }) => createDevice({ pushed, offered, wording }),
      (error) => {
        loading = undefined
        throw error
      },
    )
    return loading
  }
  const isOn = computed(() => pushed.value !== '' && pushed.value === state.value.me?.username)

  onClient((mine) => {
    hasWritten.value = false
    mine.on('message.created', ({ actor }) => {
      if (actor === mine.state.me?.username) hasWritten.value = true
    })
    mine.on('read.changed', () => {
      if (isOn.peek()) quietly(load().then(({ closeRead }) => closeRead(mine.state)))
    })
  })
  /** The client that has made sure of its subscription: not again at each reconnection, when everybody comes back at once. */
  let sure: Client | undefined
  onOnline(() => {
    if (pushed.peek() === '') return
    const mine = client()
    quietly(
      load().then(async ({ keepUp, closeRead }) => {
        await closeRead(mine.state)
        if (sure !== mine) await keepUp(mine)
        sure = mine
      }),
    )
  })
  effect(() => {
    const { status, endedBecause } = state.value
    if (status !== 'ended' || pushed.peek() === '') return
    if (endedBecause !== 'signed_out' && endedBecause !== 'erased') return
    // The next person at this browser may want them.
    offered.value = ''
    quietly(load().then(({ forget }) => forget()))
  })

  return {
    isOn,
    isOffered: computed(
      () =>
        (hasWritten.value || mentions.value > 0) &&
        offered.value === '' &&
        pushed.value === '' &&
        canPush() &&
        Notification.permission !== 'denied',
    ),
    decline: () => {
      offered.value = 'no'
    },
    async turnOn(level) {
      offered.value = 'yes'
      // First: a browser asks only right after a click.
      if (Notification.permission === 'default') await Notification.requestPermission()
      const isAllowed = Notification.permission === 'granted'
      notices.value = isAllowed ? level : ''
      if (!isAllowed || !canPush()) return false
      try {
        await (await load()).subscribe(client(), level === 'all' ? 'all' : 'mentions')
        pushed.value = state.peek().me?.username ?? ''
      } catch {
        // The browser could not reach its push service, or the server.
        pushed.value = ''
      }
      return isOn.peek()
    },
    turnOff() {
      offered.value = 'no'
      notices.value = ''
      if (pushed.peek() !== '') quietly(load().then(({ unsubscribe }) => unsubscribe(client())))
    },
  }
}
