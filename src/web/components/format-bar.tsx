import { useRef, useState } from 'preact/hooks'
import type { Format } from '../format.ts'
import { formats } from '../formats.ts'
import { rightToLeft } from '../language.ts'
import { say } from '../say.ts'
import { keyName } from '../shortcuts.ts'
import { Icon } from './icon.tsx'
import { Picker } from './picker.tsx'

type Props = { id: string; onFormat: (format: Format) => void; onEmoji: (emoji: string) => void }

/** WAI-ARIA APG, toolbar: one stop of the Tab key, arrows move. */
export function FormatBar({ id, onFormat, onEmoji }: Props) {
  const [at, setAt] = useState(0)
  const [picking, setPicking] = useState(false)
  const smile = useRef<HTMLButtonElement>(null)
  const last = formats.length

  const move = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const on = rightToLeft.value ? -1 : 1
    const to = { ArrowRight: at + on, ArrowLeft: at - on, Home: 0, End: last }[event.key]
    if (to === undefined) return
    event.preventDefault()
    const next = (to + last + 1) % (last + 1)
    setAt(next)
    event.currentTarget.querySelectorAll('button')[next]?.focus()
  }
  /** What is selected in the text stays so. */
  const keep = (event: MouseEvent) => event.preventDefault()

  return (
    <>
      <div id={id} class="format-bar" role="toolbar" aria-label={say('format.tools')} onKeyDown={move}>
        {formats.map(({ word, icon, keys, format }, index) => {
          const printed = keys ? ` (${keys.map(keyName).join('+')})` : ''
          return (
            <button
              key={word}
              type="button"
              class="tool"
              tabIndex={index === at ? 0 : -1}
              aria-label={say(word)}
              title={say(word) + printed}
              onMouseDown={keep}
              onFocus={() => setAt(index)}
              onClick={() => onFormat(format)}
            >
              <Icon of={icon} />
            </button>
          )
        })}
        <button
          ref={smile}
          type="button"
          class="tool"
          tabIndex={at === last ? 0 : -1}
          aria-label={say('compose.emoji')}
          title={say('compose.emoji')}
          aria-haspopup="dialog"
          aria-expanded={picking}
          onMouseDown={keep}
          onFocus={() => setAt(last)}
          onClick={() => setPicking(!picking)}
        >
          <Icon of="smile" />
        </button>
      </div>
      {picking && (
        <Picker
          anchor={smile.current}
          writing
          onClose={() => {
            setPicking(false)
            smile.current?.focus({ preventScroll: true })
          }}
          onPick={(emoji) => {
            setPicking(false)
            onEmoji(emoji)
          }}
        />
      )}
    </>
  )
}
