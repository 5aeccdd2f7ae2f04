import { useState } from 'preact/hooks'
import { copy } from '../../kit/clipboard.ts'
import { Icon } from '../../kit/icon.tsx'
import { say } from '../../language/say.ts'

const thankedMs = 2000

type Props = { text: string; language: string; tab: 0 | -1 }

/** A block of code with its language and a button to copy it. */
export function Code({ text, language, tab }: Props) {
  const [copied, setCopied] = useState(false)
  const take = async () => {
    if (!(await copy(text))) return
    setCopied(true)
    setTimeout(() => setCopied(false), thankedMs)
  }
  const label = say(copied ? 'code.copied' : 'code.copy')
  return (
    <figure class="code" dir="ltr">
      <figcaption>
        <span>{language}</span>
        <button type="button" tabIndex={tab} aria-label={label} title={label} onClick={take}>
          <Icon of={copied ? 'check' : 'copy'} />
        </button>
      </figcaption>
      <pre>
        <code>{text}</code>
      </pre>
    </figure>
  )
}
