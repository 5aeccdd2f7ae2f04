import type { Reaction } from '../../protocol/messages.ts'
import { say } from '../language/say.ts'
import { labelOf } from '../text/emoji/label.ts'

type Props = {
  reactions: readonly Reaction[]
  tab: 0 | -1
  /** Absent when you may not react. */
  onToggle?: ((emoji: string, on: boolean) => void) | undefined
}

export function Reactions({ reactions, tab, onToggle }: Props) {
  if (reactions.length === 0) return null
  return (
    <div class="reactions">
      {reactions.map(({ emoji, count, mine = false }) => (
        <button
          key={emoji}
          type="button"
          class="reaction"
          tabIndex={tab}
          disabled={!onToggle}
          aria-pressed={mine}
          aria-label={say(mine ? 'react.countMine' : 'react.count', { name: labelOf(emoji), n: count })}
          title={labelOf(emoji)}
          onClick={() => onToggle?.(emoji, !mine)}
        >
          <span>{emoji}</span>
          {count}
        </button>
      ))}
    </div>
  )
}
