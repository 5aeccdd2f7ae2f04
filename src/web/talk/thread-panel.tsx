import { Fragment } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'
import type { RoomState, ThreadState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { hasKeyboard, wide } from '../ground/media.ts'
import { addressOf } from '../ground/route.ts'
import { usePowers } from '../ground/use-powers.ts'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'
import { Composer } from './composer.tsx'
import { Day } from './dividers.tsx'
import { walkLines } from './line-keys.ts'
import { MessageLine } from './message.tsx'
import { PendingLine } from './pending.tsx'
import { type Item, timelineOf } from './timeline-items.ts'
import { useJoinedFocus } from './use-joined-focus.ts'
import { useLineActs } from './use-line-acts.ts'
import { useLineSheets } from './use-line-sheets.tsx'
import { nearPx } from './use-scroll.ts'
import { useWaiting } from './use-waiting.ts'

const none: never[] = []

type Props = {
  room: RoomState
  seq: number
  /** Why you cannot write here. */
  refusal: string | undefined
}

/** A thread: next to the room on a wide screen, in place of it on others. */
export function ThreadPanel({ room, seq, refusal }: Props) {
  const store = useStore()
  const { talk } = store
  const { me, status } = store.state.value
  const thread = room.threads?.[seq]
  const messages = thread?.messages ?? none
  const powers = usePowers(room)
  const box = useRef<HTMLElement>(null)
  const onFocusIn = useJoinedFocus(box)

  useEffect(() => (room.open ? talk.openThread(room.id, seq) : undefined), [talk, room.id, room.open, seq])

  const visible = store.visible.value
  const last = messages.at(-1)?.seq ?? 0
  // What is read in the room is read here too.
  const isNew = thread?.following === true && last > room.read_seq
  useEffect(() => {
    if (visible && isNew) store.threads.markRead(room.id, seq)
  }, [store, room.id, seq, visible, isNew, last])

  const close = () => {
    talk.closeThread(room.id)
    if (hasKeyboard()) document.querySelector<HTMLElement>(`.timeline [data-seq="${seq}"]`)?.focus()
  }
  const jump = (to: number) => {
    // Where the thread covers the room, it closes.
    store.go(addressOf(room.id, to, wide() ? seq : undefined))
  }
  const shown = useMemo(() => (thread ? [thread.root, ...messages] : none), [thread])
  const { openSheet, reactors, versions, view, sheets } = useLineSheets(shown, powers)
  const acts = useLineActs(room.id, { jump, openSheet, reactors, versions, view, thread: seq })

  const sending = useWaiting(room).filter(({ reply_to }) => isIn(reply_to, seq, messages))
  const items = timelineOf(
    { messages: shown, pending: sending, reachedStart: true, cut: false, readSeq: undefined },
    none,
    me?.username,
  )
  useFollowing(box, `${messages.at(-1)?.seq} ${sending.length}`, thread !== undefined)

  const common = { powers, acts, found: false, readBy: undefined }
  // A reply to the first message needs no quote: it stands at the top.
  const quoteOf = (reply_to: number | undefined) =>
    reply_to === undefined ? undefined : (messages.find((each) => each.seq === reply_to) ?? null)
  const line = (item: Item) => {
    if (item.kind === 'day') return <Day key={item.key} name={item.name} />
    if (item.kind === 'message') {
      const message = withoutReplyTo(item.message, seq)
      const isRoot = message.seq === seq
      return (
        <Fragment key={item.key}>
          <MessageLine
            {...common}
            message={message}
            more={item.more}
            first={item.first || message.seq === messages[0]?.seq}
            repliedTo={quoteOf(message.reply_to)}
          />
          {isRoot && thread && <Beginning thread={thread} onOlder={() => talk.olderReplies(room.id, seq)} />}
        </Fragment>
      )
    }
    if (item.kind !== 'pending' || !me) return null
    const { pending } = item
    return (
      <PendingLine
        key={item.key}
        pending={pending}
        first={item.first}
        repliedTo={quoteOf(pending.reply_to)}
        quiet={pending.reply_to === seq}
        me={me}
        online={status === 'online'}
        onRetry={() => talk.retry(room.id, pending.client_id)}
        onDiscard={() => talk.discard(room.id, pending.client_id)}
        onJump={jump}
        onView={acts.view}
      />
    )
  }

  const toStart = () => box.current?.scrollTo({ top: 0 })
  const toEnd = () => box.current?.scrollTo({ top: box.current.scrollHeight })
  return (
    <aside
      class="thread"
      aria-label={say('thread.title')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
        if ((event.target as Element).closest('dialog, [role=menu]')) return
        event.preventDefault()
        close()
      }}
    >
      <header>
        <button
          type="button"
          class="icon"
          aria-label={say('thread.close')}
          title={say('thread.close')}
          onClick={close}
        >
          <Icon of="back" />
          <Icon of="close" />
        </button>
        <h3>{say('thread.title')}</h3>
        <p dir="auto">{room.title}</p>
        {thread && <Follow room={room.id} seq={seq} following={thread.following} />}
      </header>
      <section
        class="scroll"
        ref={box}
        onFocusIn={onFocusIn}
        onKeyDown={(event) => walkLines(event, { toStart, toEnd })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label={say('thread.messages')}
      >
        {!thread && <p class="hint">{say('app.moment')}</p>}
        {thread && <ol class="log">{items.map(line)}</ol>}
      </section>
      {refusal === undefined ? (
        <>
          <p class="thread-note hint">{say('thread.note')}</p>
          <Composer room={room} thread={seq} />
        </>
      ) : (
        <p class="joining" role="status">
          {refusal}
        </p>
      )}
      {sheets(acts)}
    </aside>
  )
}

/** Whether it is in your list of threads, and you hear of its replies. */
function Follow({ room, seq, following }: { room: string; seq: number; following: boolean }) {
  const { threads } = useStore()
  const name = say(following ? 'thread.unfollow' : 'thread.follow')
  return (
    <button
      type="button"
      class={following ? 'icon follow is-on' : 'icon follow'}
      aria-label={name}
      title={name}
      onClick={() => threads.follow(room, seq, !following)}
    >
      <Icon of="bell" />
    </button>
  )
}

/** Between the first message and its replies. */
function Beginning({ thread, onOlder }: { thread: ThreadState; onOlder: () => void }) {
  return (
    <>
      <li class="thread-rule">
        <span>{say('thread.replies', { n: thread.root.thread?.replies ?? 0 })}</span>
      </li>
      {!thread.reachedStart && (
        <li class="thread-older">
          <button type="button" class="quiet" onClick={onOlder}>
            {say('thread.older')}
          </button>
        </li>
      )}
    </>
  )
}

const isIn = (replyTo: number | undefined, seq: number, messages: readonly Message[]): boolean =>
  replyTo !== undefined && (replyTo === seq || messages.some((each) => each.seq === replyTo))

function withoutReplyTo(message: Message, seq: number): Message {
  if (message.reply_to !== seq) return message
  const { reply_to: _, ...rest } = message
  return rest
}

/** Shows the end when it opens, and follows it while you are there. */
function useFollowing(box: { readonly current: HTMLElement | null }, end: string, loaded: boolean): void {
  const follows = useRef(true)
  useEffect(() => {
    const { current } = box
    const look = () => {
      if (current) follows.current = current.scrollHeight - current.scrollTop - current.clientHeight < nearPx
    }
    current?.addEventListener('scroll', look, { passive: true })
    return () => current?.removeEventListener('scroll', look)
  }, [])
  useLayoutEffect(() => {
    if (follows.current) box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [end, loaded])
}
