import { useEffect, useId, useState } from 'preact/hooks'
import type { Message, ReactionPage } from '../../protocol/messages.ts'
import { useStore } from '../ground/context.ts'
import { say, sayNames } from '../language/say.ts'
import { withEmoji } from '../text/emoji/emoji.ts'
import { labelOf } from '../text/emoji/label.ts'

type Props = {
  message: Message
  tab: 0 | -1
  /** Whether the focus is on the message. */
  near: boolean
  /** Absent when you may not react. */
  onToggle?: ((emoji: string, on: boolean) => void) | undefined
}

/** The reactions to a message. The names of who reacted are loaded when the pointer or the focus comes near. */
export function Reactions({ message, tab, near, onToggle }: Props) {
  const [hovered, setHovered] = useState(false)
  const names = useReactors(message, near || hovered)
  const id = useId()
  if (message.reactions.length === 0) return null
  return (
    <div
      class="reactions"
      onPointerEnter={({ pointerType }) => pointerType === 'mouse' && setHovered(true)}
      onPointerLeave={() => setHovered(false)}
    >
      {message.reactions.map(({ emoji, count, mine = false }, index) => {
        const who = names.get(emoji)
        return (
          <span key={emoji} class="reacted">
            <button
              type="button"
              class="reaction"
              tabIndex={tab}
              aria-disabled={!onToggle}
              aria-pressed={mine}
              aria-label={say(mine ? 'react.countMine' : 'react.count', { name: labelOf(emoji), n: count })}
              aria-describedby={who && `${id}-${index}`}
              onClick={() => onToggle?.(emoji, !mine)}
            >
              <span>{withEmoji(emoji)}</span>
              {count}
            </button>
            {who && (
              <span role="tooltip" class="tip" id={`${id}-${index}`} dir="auto">
                {say('react.by', { names: who, name: labelOf(emoji) })}
              </span>
            )}
          </span>
        )
      })}
    </div>
  )
}

const none: ReadonlyMap<string, string> = new Map()
const namesAtOnce = 4

/** The names by emoji. They are loaded again when a reaction was added or removed meanwhile. */
function useReactors(message: Message, wanted: boolean): ReadonlyMap<string, string> {
  const { talk, state } = useStore()
  const [names, setNames] = useState(none)
  const { seq, reactions } = message
  useEffect(() => {
    if (!wanted || reactions.length === 0) return
    let current = true
    const me = state.peek().me?.username
    talk.reactors(message, { limit: namesAtOnce }).then(
      (items) => current && setNames(new Map(items.map((each) => [each.emoji, namesOf(each, me)]))),
      // The number is still there.
      () => {},
    )
    return () => {
      current = false
    }
  }, [talk, state, seq, reactions, wanted])
  return names
}

/** You first, even if you are not among those whose names came. */
function namesOf(
  { users, count, mine = false }: ReactionPage['items'][number],
  me: string | undefined,
): string {
  const others = users.filter(({ username }) => username !== me)
  const known = others.length + (mine ? 1 : 0)
  return sayNames([
    ...(mine ? [say('react.you')] : []),
    ...others.map(({ display_name }) => display_name),
    ...Array(Math.max(0, count - known)).fill(''),
  ])
}
