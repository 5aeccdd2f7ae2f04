import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { Comings, Day } from '../components/day.tsx'
import { MessageLine } from '../components/message.tsx'
import { PendingLine } from '../components/pending.tsx'
import { useScroll } from '../components/scroll.ts'
import { useStore } from '../context.ts'
import { type Item, timelineOf } from '../timeline.ts'

const none: never[] = []

type Props = { room: RoomState; names: ReadonlyMap<string, string> }

export function Timeline({ room, names }: Props) {
  const store = useStore()
  const { me, status } = store.state.value
  const notices = store.notices.value.get(room.id) ?? none
  const items = useMemo(
    () => timelineOf(room, notices, me?.username),
    [room.messages, room.pending, room.reachedStart, notices, me?.username],
  )
  const bySeq = useMemo(
    () => new Map(room.messages.map((message) => [message.seq, message])),
    [room.messages],
  )
  const onReact = useCallback(
    (seq: number, emoji: string, on: boolean) => store.react(room.id, seq, emoji, on),
    [store, room.id],
  )

  const older = () => {
    if (room.open && !room.reachedStart) store.older(room.id)
  }
  const { box, away, onScroll, toEnd } = useScroll(room.messages[0]?.seq, items.at(-1)?.key, room.open, older)

  // Who writes wants to see it stand there, wherever they were reading.
  const waiting = room.pending.length
  const wasWaiting = useRef(waiting)
  useLayoutEffect(() => {
    if (waiting > wasWaiting.current) toEnd()
    wasWaiting.current = waiting
  }, [waiting, toEnd])

  useEffect(() => {
    if (!away && room.unread > 0) store.markRead(room.id)
  }, [store, room.id, room.head, room.unread, away, store.visible.value])

  const line = (item: Item) => {
    if (item.kind === 'day') return <Day key={item.key} name={item.name} />
    if (item.kind === 'notices')
      return <Comings key={item.key} notices={item.notices} nameOf={(who) => names.get(who) ?? who} />
    if (item.kind === 'message') {
      const { message, first } = item
      const answered = message.reply_to === undefined ? undefined : bySeq.get(message.reply_to)
      return (
        <MessageLine key={item.key} message={message} first={first} answered={answered} onReact={onReact} />
      )
    }
    return (
      me && (
        <PendingLine
          key={item.key}
          pending={item.pending}
          first={item.first}
          me={me}
          online={status === 'online'}
          onRetry={() => store.retry(item.pending.client_id)}
          onDiscard={() => store.discard(item.pending.client_id)}
        />
      )
    )
  }

  return (
    <div class="timeline">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section class="scroll" ref={box} onScroll={onScroll} tabIndex={0} aria-label="Messages">
        <ol class="log">
          {room.open && room.reachedStart ? (
            <li class="beginning">
              <strong dir="auto">{room.title}</strong>
              This is where it begins.
            </li>
          ) : (
            room.open && (
              <li class="older">
                <button type="button" class="quiet" onClick={older}>
                  Show older messages
                </button>
              </li>
            )
          )}
          {items.map(line)}
        </ol>
      </section>
      {away && (
        <button type="button" class="latest" onClick={toEnd}>
          {room.unread > 0 ? `${room.unread} new, go to the latest` : 'Go to the latest'}
        </button>
      )}
    </div>
  )
}
