import type { ComponentChildren } from 'preact'
import { useId, useRef, useState } from 'preact/hooks'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'

type Props = {
  hint: string
  /** Whether there is a picture to remove. */
  has: boolean
  onChoose: (file: Blob) => Promise<unknown>
  onRemove: () => Promise<unknown>
  /** What is shown now. */
  children: ComponentChildren
}

/** What the server makes a picture of. A phone converts its own format when the list does not have it. */
const accepted = 'image/jpeg,image/png,image/webp,image/gif'

/** Chooses and removes a picture. It is not part of a form: a choice is sent at once. */
export function PictureField({ hint, has, onChoose, onRemove, children }: Props) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<string>()

  const run = async (act: () => Promise<unknown>) => {
    if (busy) return
    setBusy(true)
    setWrong(undefined)
    await act().catch((error) => setWrong(sentenceFor(error)))
    setBusy(false)
  }
  const choose = (files: FileList | null) => {
    const file = files?.[0]
    if (file) void run(() => onChoose(file))
    // The same file again is another choice.
    if (input.current) input.current.value = ''
  }

  return (
    <fieldset class="picture-field" aria-describedby={`${id}-note`}>
      <legend>{say('picture.label')}</legend>
      <div>
        {children}
        <input
          ref={input}
          type="file"
          accept={accepted}
          hidden
          onChange={(event) => choose(event.currentTarget.files)}
        />
        <button type="button" class="quiet" aria-disabled={busy} onClick={() => input.current?.click()}>
          {busy ? say('app.moment') : say(has ? 'picture.change' : 'picture.choose')}
        </button>
        {has && (
          <button type="button" class="quiet" aria-disabled={busy} onClick={() => void run(onRemove)}>
            {say('picture.remove')}
          </button>
        )}
      </div>
      <p id={`${id}-note`} class={wrong ? 'wrong' : 'hint'} role={wrong ? 'alert' : undefined}>
        {wrong ?? hint}
      </p>
    </fieldset>
  )
}
