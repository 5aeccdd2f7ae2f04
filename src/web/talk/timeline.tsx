import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { hasKeyboard } from '../ground/media.ts'
import { usePowers } from '../ground/use-powers.ts'
import { say } from '../language/say.ts'
import { today } from '../language/today.ts'
import { Day, NoticeLine, UnreadLine } from './dividers.tsx'
import { walkLines } from './line-keys.ts'
import { MessageLine } from './message.tsx'
import { PendingLine } from './pending.tsx'
import { readersOf } from './readers.ts'
import { repliedTo } from './replied-to.ts'
import { type Item, timelineOf } from './timeline-items.ts'
import { UnreadBar } from './unread-bar.tsx'
import { useJoinedFocus } from './use-joined-focus.ts'
import { useLineActs } from './use-line-acts.ts'
import { useLineSheets } from './use-line-sheets.tsx'
import { useNotices } from './use-notices.ts'
import { useRepliers } from './use-repliers.ts'
import { useScroll } from './use-scroll.ts'
import { useUnread } from './use-unread.ts'
import { useWaiting } from './use-waiting.ts'

const none: never[] = []
/** The line of several deleted messages is that of each. */
const seqsOf = ({ message, more = none }: Extract<Item, { kind: 'message' }>) => [
  message.seq,
  ...more.map(({ seq }) => seq),
]
const foundMs = 2500

type Props = { room: RoomState; names: ReadonlyMap<string, string> }

/** The messages and notices of a room. Only a few screens of them are in the page, however long the room is. */
export function Timeline({ room, names }: Props) {
  const store = useStore()
  const { me, status } = store.state.value
  const { messages, reachedStart } = room.excerpt ?? room
  const live = room.excerpt === undefined
  const powers = usePowers(room)
  const [found, setFound] = useState<number>()
  /** The message that gets the focus as soon as its line is in the page. */
  const wanted = useRef<number>(undefined)

  const older = () => {
    if (room.open && !reachedStart) store.talk.older(room.id)
  }
  const newer = () => {
    if (room.open) store.talk.newer(room.id)
  }
  const { box, span, lines, away, atEnd, onScroll, toEnd, show } = useScroll({
    messages,
    live,
    onTop: older,
    onBottom: newer,
  })
  const onFocusIn = useJoinedFocus(box)
  const rule = useUnread(room, atEnd)
  const waiting = useWaiting(room)
  const pending = live && span.to === undefined ? waiting : none
  const atStart = reachedStart && (lines[0]?.seq ?? 0) <= (messages[0]?.seq ?? 0)
  const notices = useNotices({
    room: room.id,
    open: room.open,
    from: atStart ? 1 : (lines[0]?.seq ?? room.head),
    to: live && span.to === undefined ? room.head : (lines.at(-1)?.seq ?? 0),
  })
  const items = useMemo(
    () =>
      timelineOf(
        {
          messages: lines,
          pending,
          reachedStart: atStart,
          cut: !live || span.to !== undefined,
          readSeq: rule?.readSeq,
        },
        notices,
        me?.username,
      ),
    [messages, span, pending, atStart, rule?.readSeq, notices, me?.username, today.value],
  )

  const jump = useCallback(
    async (seq: number, orNext = false) => {
      try {
        const message = await store.talk.seek(room.id, seq, orNext)
        if (!message || message.deleted_at) store.toast.value = say(message ? 'jump.deleted' : 'jump.none')
        if (!message) return
        show(message.seq)
        setFound(message.seq)
        wanted.current = message.seq
      } catch {
        store.toast.value = say('jump.failed')
      }
    },
    [store, room.id, show],
  )
  const { openSheet, reactors, versions, view, sheets } = useLineSheets(messages, powers)
  const acts = useLineActs(room.id, { jump, openSheet, reactors, versions, view })
  const repliers = useRepliers(lines)

  const route = store.route.value
  const asked = route.view === 'room' && route.room === room.id ? route.seq : undefined
  useEffect(() => {
    if (asked !== undefined) void jump(asked).then(() => store.talk.arrived(room.id))
  }, [route, jump])

  useEffect(() => {
    if (found === undefined) return
    const soon = setTimeout(() => setFound(undefined), foundMs)
    return () => clearTimeout(soon)
  }, [found])

  useLayoutEffect(() => {
    const line =
      wanted.current &&
      box.current
        ?.querySelector(`.found[data-seq="${wanted.current}"], .found [data-seq="${wanted.current}"]`)
        ?.closest('li')
    if (!line) return
    wanted.current = undefined
    if (hasKeyboard()) line.focus({ preventScroll: true })
  })

  const toLatest = useCallback(() => {
    store.talk.toLatest(room.id)
    toEnd()
  }, [store, room.id, toEnd])

  // After sending, you see your message, wherever you were reading.
  const many = waiting.length
  const wasMany = useRef(many)
  useLayoutEffect(() => {
    if (many > wasMany.current) toLatest()
    wasMany.current = many
  }, [many, toLatest])

  const originalOf = (seq: number | undefined) => (seq === undefined ? undefined : repliedTo(room, seq))
  useEffect(() => {
    if (!room.open) return
    for (const { reply_to } of lines)
      if (reply_to !== undefined && repliedTo(room, reply_to) === undefined)
        store.talk.loadQuoted(room.id, reply_to)
  }, [store, messages, span, room.open])

  const [barClosed, setBarClosed] = useState<number>()
  const look = () => {
    if (!rule || barClosed === rule.readSeq || !box.current) return
    const { top, bottom } = box.current.getBoundingClientRect()
    const line = box.current.querySelector('.new-rule')?.getBoundingClientRect()
    if (line && line.top >= top && line.top < bottom) setBarClosed(rule.readSeq)
  }
  useLayoutEffect(look)

  const readers = useMemo(() => readersOf(room, me?.username), [room.receipts, room.messages, me])
  const nameOf = (username: string) => names.get(username) ?? username

  const line = (item: Item) => {
    if (item.kind === 'day') return <Day key={item.key} name={item.name} />
    if (item.kind === 'new') return <UnreadLine key={item.key} />
    if (item.kind === 'notices') return <NoticeLine key={item.key} notices={item.notices} nameOf={nameOf} />
    if (item.kind === 'message') {
      const { message, first, more } = item
      return (
        <MessageLine
          key={item.key}
          message={message}
          first={first}
          more={more}
          repliedTo={originalOf(message.reply_to)}
          found={found !== undefined && seqsOf(item).includes(found)}
          faces={message.thread && repliers.get(message.seq)}
          readBy={readers?.seq === message.seq ? readers.sentence(nameOf) : undefined}
          powers={powers}
          acts={acts}
        />
      )
    }
    return (
      me && (
        <PendingLine
          key={item.key}
          pending={item.pending}
          first={item.first}
          repliedTo={originalOf(item.pending.reply_to)}
          me={me}
          online={status === 'online'}
          onRetry={() => store.talk.retry(room.id, item.pending.client_id)}
          onDiscard={() => store.talk.discard(room.id, item.pending.client_id)}
          onJump={acts.jump}
          onView={acts.view}
        />
      )
    )
  }

  const toStart = () => void jump(1, true)
  return (
    <div class="timeline">
      {rule && barClosed !== rule.readSeq && room.open && (
        <UnreadBar
          room={room.id}
          readSeq={rule.readSeq}
          count={rule.count}
          onJump={() => void jump(rule.readSeq + 1, true)}
          onClose={() => setBarClosed(rule.readSeq)}
        />
      )}
      <section
        class="scroll"
        ref={box}
        onScroll={() => {
          onScroll()
          look()
        }}
        onFocusIn={onFocusIn}
        onKeyDown={(event) => walkLines(event, { toStart, toEnd: toLatest })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label={say('talk.messages')}
      >
        <ol class="log">
          {room.open && atStart && (
            <li class="beginning">
              <strong dir="auto">{room.title}</strong>
              {say('talk.beginning')}
            </li>
          )}
          {items.map(line)}
        </ol>
      </section>
      {away && (
        <button type="button" class="latest" onClick={toLatest}>
          {room.unread > 0 ? say('talk.latestNew', { n: room.unread }) : say('talk.latest')}
        </button>
      )}
      {sheets(acts)}
    </div>
  )
}
