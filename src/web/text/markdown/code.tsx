import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { copy } from '../../kit/clipboard.ts'
import { Icon } from '../../kit/icon.tsx'
import { say } from '../../language/say.ts'
import type { Piece } from './colours.ts'

const thankedMs = 2000

type Colours = typeof import('./colours.ts')

/** As large as the rest of the page, so it is loaded for the first code that says its language. */
const colours = signal<Colours>()
let loading = false

async function loadColours(): Promise<void> {
  if (loading) return
  loading = true
  try {
    colours.value = await import('./colours.ts')
  } catch {
    // Without a connection. The next code tries again.
    loading = false
  }
}

const drawn = (pieces: readonly Piece[]): ComponentChildren =>
  pieces.map((piece, index) =>
    typeof piece === 'string' ? (
      piece
    ) : (
      <span key={index} class={piece.tone}>
        {drawn(piece.pieces)}
      </span>
    ),
  )

type Props = { text: string; language: string; tab: 0 | -1 }

/** A block of code with its language and a button to copy it. */
export function Code({ text, language, tab }: Props) {
  const [copied, setCopied] = useState(false)
  if (language !== '' && !colours.value) void loadColours()
  const known = colours.value
  const pieces = useMemo(() => known?.piecesOf(language.toLowerCase(), text), [known, language, text])
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
        <code>{pieces ? drawn(pieces) : text}</code>
      </pre>
    </figure>
  )
}
