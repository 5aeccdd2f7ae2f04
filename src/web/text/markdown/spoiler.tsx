import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { say } from '../../language/say.ts'

/** `text`: as wide as what is hidden. */
type Props = { text: string; tab: 0 | -1; children: ComponentChildren }

/** What its author has hidden between `||`: shown to those who ask for it, until the message is drawn again. */
export function Spoiler({ text, tab, children }: Props) {
  const [shown, setShown] = useState(false)
  if (shown) return <span class="spoiler">{children}</span>
  const label = say('spoiler.show')
  return (
    <button
      type="button"
      class="spoiler"
      tabIndex={tab}
      aria-label={label}
      title={label}
      onClick={() => setShown(true)}
    >
      <span aria-hidden="true">{text}</span>
    </button>
  )
}
