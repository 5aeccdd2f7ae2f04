import { useState } from 'preact/hooks'
import type { Reaction } from '../../protocol/messages.ts'
import { Icon } from './icon.tsx'

export type Toggle = (seq: number, emoji: string, on: boolean) => void

const offered = ['👍', '❤️', '😂', '🎉', '👀', '🙏']

type Props = { reactions: readonly Reaction[]; onToggle: (emoji: string, on: boolean) => void }

export function Reactions({ reactions, onToggle }: Props) {
  if (reactions.length === 0) return null
  return (
    <div class="reactions">
      {reactions.map(({ emoji, count, mine = false }) => (
        <button
          key={emoji}
          type="button"
          class="reaction"
          aria-pressed={mine}
          aria-label={`${emoji}, ${count}${mine ? ', yours too' : ''}`}
          onClick={() => onToggle(emoji, !mine)}
        >
          <span>{emoji}</span>
          {count}
        </button>
      ))}
    </div>
  )
}

/** One stop on the way of the Tab key for each message; the choice of emoji opens from it. */
export function ReactButton({ onPick }: { onPick: (emoji: string) => void }) {
  const [open, setOpen] = useState(false)
  const pick = (emoji: string) => {
    setOpen(false)
    onPick(emoji)
  }
  return (
    <fieldset
      aria-label="Reactions"
      class={open ? 'picker open' : 'picker'}
      onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
      onFocusOut={(event) =>
        event.currentTarget.contains(event.relatedTarget as Node | null) || setOpen(false)
      }
    >
      {open &&
        offered.map((emoji) => (
          <button key={emoji} type="button" aria-label={`React with ${emoji}`} onClick={() => pick(emoji)}>
            {emoji}
          </button>
        ))}
      <button
        type="button"
        class="react"
        aria-expanded={open}
        aria-label={open ? 'Close' : 'React'}
        onClick={() => setOpen(!open)}
      >
        <Icon of={open ? 'close' : 'smile'} />
      </button>
    </fieldset>
  )
}
