import { useState } from 'preact/hooks'
import { Icon } from '../../kit/icon.tsx'
import { keyName } from '../../kit/keys.ts'
import { rightToLeft } from '../../language/language.ts'
import { say } from '../../language/say.ts'
import type { Format } from './format.ts'
import { formats } from './formats.ts'

type Props = { id: string; onFormat: (format: Format) => void }

/** WAI-ARIA APG, toolbar: the Tab key stops once, the arrows move inside. */
export function FormatBar({ id, onFormat }: Props) {
  const [at, setAt] = useState(0)
  const count = formats.length

  const move = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const on = rightToLeft.value ? -1 : 1
    const to = { ArrowRight: at + on, ArrowLeft: at - on, Home: 0, End: count - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    const next = (to + count) % count
    setAt(next)
    event.currentTarget.querySelectorAll('button')[next]?.focus()
  }

  return (
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
            // Keeps the selection in the text.
            onMouseDown={(event) => event.preventDefault()}
            onFocus={() => setAt(index)}
            onClick={() => onFormat(format)}
          >
            <Icon of={icon} />
          </button>
        )
      })}
    </div>
  )
}
