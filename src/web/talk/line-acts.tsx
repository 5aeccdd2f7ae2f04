import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { File } from '../../protocol/files.ts'
import type { Message } from '../../protocol/messages.ts'
import { hasMouse } from '../ground/media.ts'
import { type Powers, powersOn } from '../ground/powers.ts'
import { Icon } from '../kit/icon.tsx'
import { type Choice, Menu } from '../kit/menu.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { say } from '../language/say.ts'
import { labelOf } from '../text/emoji/label.ts'
import { Picker } from '../text/emoji/picker.tsx'
import { frequentEmoji, noteEmoji } from '../text/emoji/recent.ts'

/** What you can do with a message. */
export type LineActs = {
  react(message: Message, emoji: string, on: boolean): void
  reply(message: Message): void
  /** Opens its thread, or that which a reply to it would begin. Absent in the thread itself. */
  thread: ((message: Message) => void) | undefined
  /** Opens the list of who reacted. */
  reactors(message: Message): void
  /** Opens the list of the texts that it has had. */
  versions(message: Message): void
  edit(message: Message): void
  remove(message: Message): void
  /** Removes the card of a link. The link stays. */
  removePreview(message: Message, preview: string): void
  /** Saves it for later, or removes it from what you have saved. */
  save(message: Message, on: boolean): void
  isSaved(message: Message): boolean
  pin(message: Message, on: boolean): void
  report(message: Message): void
  copyText(message: Message): void
  copyLink(message: Message): void
  /** Marks it and what follows as unread. */
  keepUnread(message: Message): void
  /** Opens one of its pictures. */
  view(message: Message, file: File): void
  /** Shows another message of the room. */
  jump(seq: number): void
  /** Opens a sheet with all of these, on a phone. */
  openSheet(message: Message): void
}

type Props = { message: Message; powers: Powers; acts: LineActs }

const threadName = ({ thread, thread_seq }: Message): string =>
  say(thread || thread_seq !== undefined ? 'thread.open' : 'thread.start')

function choicesOf({ message, powers, acts }: Props): Choice[] {
  const may = powersOn(message, powers)
  const choices: (Choice | false)[] = [
    message.reactions.length > 0 && {
      name: say('react.who'),
      icon: 'people',
      run: () => acts.reactors(message),
    },
    may.versions && { name: say('versions.title'), icon: 'past', run: () => acts.versions(message) },
    may.edit && { name: say('line.edit'), icon: 'edit', run: () => acts.edit(message) },
    may.copy && { name: say('line.copyText'), icon: 'copy', run: () => acts.copyText(message) },
    { name: say('line.copyLink'), icon: 'link', run: () => acts.copyLink(message) },
    may.keepUnread && { name: say('line.keepUnread'), icon: 'unread', run: () => acts.keepUnread(message) },
    may.save && {
      name: say(acts.isSaved(message) ? 'line.unsave' : 'line.save'),
      icon: 'bookmark',
      run: () => acts.save(message, !acts.isSaved(message)),
    },
    may.pin && {
      name: say(message.pinned ? 'line.unpin' : 'line.pin'),
      icon: 'pin',
      run: () => acts.pin(message, !message.pinned),
    },
    may.report && { name: say('line.report'), icon: 'flag', run: () => acts.report(message) },
    may.remove && { name: say('line.delete'), icon: 'bin', danger: true, run: () => acts.remove(message) },
  ]
  return choices.filter((choice) => choice !== false)
}

/** With those that the bar has as buttons. */
export function allChoicesOf(props: Props): Choice[] {
  const { message, powers, acts } = props
  const may = powersOn(message, powers)
  const thread = may.thread ? acts.thread : undefined
  return [
    ...(may.reply
      ? [{ name: say('line.reply'), icon: 'reply', run: () => acts.reply(message) } as const]
      : []),
    ...(thread ? [{ name: threadName(message), icon: 'talk', run: () => thread(message) } as const] : []),
    ...choicesOf(props),
  ]
}

/** How many of your own most used emoji are one step away: with a mouse, and in the row of a phone. */
const atHand = 3
const inRow = 6

/** The buttons of the line that the pointer or the focus is on. */
export function LineBar({ onOpen, ...props }: Props & { onOpen: (open: boolean) => void }) {
  const { message, powers, acts } = props
  const [picking, setPicking] = useState(false)
  const bar = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => {
    const held = bar.current
    // A deleted message has no buttons: its line gets the focus.
    return () => {
      if (held?.contains(document.activeElement))
        held.closest<HTMLElement>('[data-seq]')?.focus({ preventScroll: true })
    }
  }, [])
  const may = powersOn(message, powers)
  const thread = may.thread ? acts.thread : undefined
  const react = (emoji: string, on: boolean) => {
    noteEmoji(emoji)
    acts.react(message, emoji, on)
  }
  const pick = (open: boolean) => {
    setPicking(open)
    onOpen(open)
    if (!open) button.current?.focus({ preventScroll: true })
  }
  // Drawn again only with the message: no button moves away under the pointer.
  const frequent = useMemo(() => (hasMouse() ? frequentEmoji(atHand) : []), [message])
  return (
    <div ref={bar} class="line-bar" role="toolbar" aria-label={say('line.acts')}>
      {may.react && <ReactWith emojis={frequent} message={message} tab={-1} onPick={react} />}
      {may.react && (
        <button
          ref={button}
          type="button"
          aria-label={say('line.react')}
          title={say('line.react')}
          aria-haspopup="dialog"
          aria-expanded={picking}
          onClick={() => pick(!picking)}
        >
          <Icon of="smile" />
        </button>
      )}
      {may.reply && (
        <button
          type="button"
          aria-label={say('line.reply')}
          title={say(acts.thread ? 'line.replyHint' : 'line.reply')}
          onClick={() => acts.reply(message)}
        >
          <Icon of="reply" />
        </button>
      )}
      {thread && (
        <button
          type="button"
          aria-label={threadName(message)}
          title={say('thread.hint')}
          onClick={() => thread(message)}
        >
          <Icon of="talk" />
        </button>
      )}
      <Menu label={say('act.more')} class="" choices={() => choicesOf(props)} />
      {picking && (
        <Picker
          anchor={button.current}
          onClose={() => pick(false)}
          onPick={(emoji) => {
            pick(false)
            acts.react(message, emoji, true)
          }}
        />
      )}
    </div>
  )
}

type ReactWithProps = {
  emojis: readonly string[]
  message: Message
  /** -1 where they are for the mouse: by keyboard, the picker begins with such a row. */
  tab: 0 | -1
  onPick: (emoji: string, on: boolean) => void
}

/** One step to a reaction. Of one that you have given already, it takes it back. */
const ReactWith = ({ emojis, message, tab, onPick }: ReactWithProps) =>
  emojis.map((emoji) => (
    <button
      key={emoji}
      type="button"
      tabIndex={tab}
      aria-label={say('react.with', { name: labelOf(emoji) })}
      title={labelOf(emoji)}
      onClick={() =>
        onPick(emoji, !message.reactions.some((reaction) => reaction.emoji === emoji && reaction.mine))
      }
    >
      {emoji}
    </button>
  ))

/** The same as a sheet at the bottom of a phone's screen, after a long press. */
export function LineSheet({ onClose, ...props }: Props & { onClose: () => void }) {
  const { message, powers, acts } = props
  const [picking, setPicking] = useState(false)
  const may = powersOn(message, powers)
  const choices = allChoicesOf(props)
  const react = (emoji: string, on = true) => {
    onClose()
    noteEmoji(emoji)
    acts.react(message, emoji, on)
  }
  return (
    <Sheet title={say('line.of', { name: message.author.display_name })} onClose={onClose}>
      {may.react && (
        <div class="quick-row">
          <ReactWith emojis={frequentEmoji(inRow)} message={message} tab={0} onPick={react} />
          <button type="button" aria-label={say('react.more')} onClick={() => setPicking(true)}>
            <Icon of="add" />
          </button>
        </div>
      )}
      <div class="line-choices">
        {choices.map(({ name, icon, danger, run }) => (
          <button
            key={name}
            type="button"
            class={danger ? 'danger' : ''}
            onClick={() => {
              onClose()
              run()
            }}
          >
            {icon && <Icon of={icon} />}
            {name}
          </button>
        ))}
      </div>
      {picking && <Picker anchor={null} onClose={() => setPicking(false)} onPick={react} />}
    </Sheet>
  )
}
