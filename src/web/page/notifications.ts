import { effect, type ReadonlySignal } from '@preact/signals'
import type { QuietHours } from '../../protocol/quiet-hours.ts'
import { findSeq } from '../../sdk/by-seq.ts'
import { type RoomState, roomOf } from '../../sdk/state.ts'
import { beginningOf } from '../../text/cut.ts'
import { clockIn, isQuiet } from '../../text/quiet-hours.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { levelOf } from '../ground/notify-level.ts'
import { preferences } from '../ground/preferences.ts'
import { addressOf } from '../ground/route.ts'
import { say } from '../language/say.ts'
import { wordsOf } from '../language/words-of.ts'
import { joinTabs } from './tabs.ts'
import { playTone } from './tone.ts'

/** A pause before a notification: another device may read the message first, more may follow, a mention is a second event. */
const pauseMs = 800
const shown = 200

type Kind = 'message' | 'mention'

/**
 * Whether an event in a room causes a notification: mentions and messages of direct rooms do; messages of other rooms do
 * with the preference `all`. The `notify` level of the room can exclude all of them.
 */
export const isNotified = (
  room: Pick<RoomState, 'access' | 'notify' | 'muted_until'>,
  kind: Kind,
  preference = preferences.notices.value,
): boolean => {
  const level = levelOf(room)
  return (
    level !== 'nothing' &&
    (kind === 'mention' || (level === 'all' && (room.access === 'direct' || preference === 'all')))
  )
}

/** Whether an edit of a message that you had read mentions you now. */
export const isMentionByEdit = ({ messages, read_seq }: RoomState, seq: number): boolean =>
  read_seq >= seq && findSeq(messages, seq)?.edited_at !== undefined

const isQuietNow = (hours: QuietHours | undefined): boolean =>
  hours !== undefined && isQuiet(hours, clockIn(hours.time_zone)(new Date()))

type Shown = { title: string; body: string; icon?: string }

/** The text of a notification and the picture of the author; undefined if the message is deleted or read. `byEdit`: it was read before the edit. */
export function notificationOf(room: RoomState, seq: number, byEdit = false): Shown | undefined {
  const message = findSeq(room.messages, seq)
  if ((room.read_seq >= seq && !byEdit) || message?.deleted_at) return undefined
  if (!message) return { title: room.title, body: say('bell.mention') }
  const name = message.author.display_name
  return {
    title:
      room.access === 'direct' && room.people?.length === 2
        ? name
        : say('bell.in', { name, room: room.title }),
    body: message.damaged ? say('line.damaged') : beginningOf(wordsOf(message), shown),
    ...(message.author.avatar ? { icon: message.author.avatar } : {}),
  }
}

type Outside = {
  /** Messages of people you have blocked notify you of nothing. */
  isBlocked: (username: string) => boolean
  /** The service worker shows them, because this browser gets push messages. */
  isPushed: ReadonlySignal<boolean>
}

/** Notifications of the browser and a tone, one for each room, while the page is open but not in view. */
export function setUpNotifications(
  { state, page, onClient }: ActTools,
  window: Window & typeof globalThis,
  { isBlocked, isPushed }: Outside,
): void {
  const tabs = joinTabs(window.navigator, page.visible)
  /** The newest message of each room that waits for its notification. */
  const waiting = new Map<string, { seq: number; byEdit: boolean }>()
  const open = new Map<string, { until: number; notification: Notification }>()

  const close = (room: string) => {
    open.get(room)?.notification.close()
    open.delete(room)
  }
  /** It is closed once you have read up to `until`. */
  const show = (room: string, seq: number, until: number, { title, ...content }: Shown) => {
    if (preferences.notices.value === '' || window.Notification?.permission !== 'granted') return
    // The tag replaces the last notification of the room. The page plays its own tone, or none.
    const notification = new window.Notification(title, { ...content, tag: `parley ${room}`, silent: true })
    notification.addEventListener('click', () => {
      window.focus()
      page.go(addressOf(room, seq))
      close(room)
    })
    open.set(room, { until, notification })
  }
  const notify = async (id: string) => {
    const { seq, byEdit } = waiting.get(id) ?? { seq: 0, byEdit: false }
    waiting.delete(id)
    if (!(await tabs.mayNotify())) return
    const room = roomOf(state.value, id)
    const notification = room?.role && notificationOf(room, seq, byEdit)
    if (!notification) return
    if (preferences.sound.value === 'on') playTone()
    // An edit causes no push.
    if (isPushed.value && !byEdit) return
    try {
      show(id, seq, byEdit ? room.head : seq, notification)
    } catch {
      // In Chrome on Android only a service worker can show notifications. There, only the icon shows unread messages.
    }
  }
  const hear = (id: string, seq: number, kind: Kind) => {
    const room = roomOf(state.value, id)
    if (page.visible.value || !room || !isNotified(room, kind)) return
    if (isQuietNow(state.value.me?.quiet_hours)) return
    if (!waiting.has(id)) setTimeout(() => void notify(id), pauseMs)
    const byEdit = kind === 'mention' && isMentionByEdit(room, seq)
    if (seq >= (waiting.get(id)?.seq ?? 0)) waiting.set(id, { seq, byEdit })
  }

  onClient((client) => {
    for (const room of [...open.keys()]) close(room)
    client.on('message.created', ({ room, seq, actor }) => {
      if (actor !== client.state.me?.username && !isBlocked(actor)) hear(room, seq, 'message')
    })
    client.on('mention.created', ({ room, seq, kind, actor }) => {
      // One that means everybody comes to all.
      const isForMe = kind !== 'room' || (actor !== client.state.me?.username && !isBlocked(actor))
      if (isForMe) hear(room, seq, 'mention')
    })
  })
  // A message that was read, here or on another device, needs no notification.
  effect(() => {
    const now = state.value
    for (const [room, { until }] of open) if ((roomOf(now, room)?.read_seq ?? until) >= until) close(room)
  })
}
