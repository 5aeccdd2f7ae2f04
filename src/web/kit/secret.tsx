import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { say } from '../language/say.ts'
import { copy } from './clipboard.ts'
import { Icon } from './icon.tsx'

/** A secret to copy now: the server does not show it again. */
export function Secret({ label, text, note }: { label: string; text: string; note: string }) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    setCopied(false)
    input.current?.focus()
    input.current?.select()
  }, [text])
  return (
    <div class="made">
      <div class="field">
        <label for={id}>{label}</label>
        <div class="copying">
          <input id={id} ref={input} dir="ltr" readOnly value={text} aria-describedby={`${id}-note`} />
          <button type="button" class="primary" onClick={() => void copy(text).then(setCopied)}>
            <Icon of={copied ? 'check' : 'copy'} />
            {say(copied ? 'once.copied' : 'once.copy')}
          </button>
        </div>
      </div>
      <p id={`${id}-note`} class="hint" role="status">
        {note}
      </p>
    </div>
  )
}
