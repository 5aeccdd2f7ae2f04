import { useEffect } from 'preact/hooks'
import { say } from '../language/say.ts'
import { hueOf } from '../people/hue.ts'
import type { Completion } from './use-completion.ts'

type Props = Pick<Completion, 'id' | 'asked' | 'list' | 'at' | 'setAt' | 'pick'>

const labels = {
  person: 'compose.people',
  emoji: 'compose.emoji',
  room: 'rooms.rooms',
  command: 'compose.commands',
} as const

/** The list of suggestions for the word at the caret, above the text box. */
export function Suggestions({ id, asked, list, at, setAt, pick }: Props) {
  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' })
  }, [at, list])
  return (
    <>
      <div
        id={id}
        class="suggestions"
        role="listbox"
        aria-label={say(labels[asked?.kind ?? 'person'])}
        tabIndex={-1}
      >
        {list.map((suggestion, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are heard by the box, which has the focus
          <div
            key={suggestion.key}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            // Keeps the focus in the text box, and the on-screen keyboard open.
            onMouseDown={(event) => event.preventDefault()}
            onPointerMove={() => setAt(index)}
            onClick={() => pick(suggestion)}
          >
            {suggestion.sign && suggestion.sign !== suggestion.name && (
              <span aria-hidden="true">{suggestion.sign}</span>
            )}
            <bdi class={asked?.kind === 'person' ? `name ${hueOf(suggestion.key)}` : 'name'}>
              {suggestion.name}
            </bdi>
            {suggestion.note && (
              <span
                class={asked?.kind === 'command' ? 'hint meaning' : 'hint'}
                dir={asked?.kind === 'command' ? 'auto' : 'ltr'}
              >
                {suggestion.note}
              </span>
            )}
          </div>
        ))}
      </div>
      <p role="status" class="unseen">
        {say('compose.found', { n: list.length })}
      </p>
    </>
  )
}
