import { useId, useState } from 'preact/hooks'
import { say } from '../language/say.ts'

type Props = {
  name: string
  label: string
  hint?: string | undefined
  wrong?: string | undefined
  autocomplete: 'current-password' | 'new-password'
  /** A new password: the browser checks its length before the server does. */
  isNew?: boolean
}

/** A password field with a button to show the password and a warning when Caps Lock is on. */
export function Password({ name, label, hint, wrong, autocomplete, isNew }: Props) {
  const id = useId()
  const [shown, setShown] = useState(false)
  const [locked, setLocked] = useState(false)
  const note = wrong ?? (locked ? say('signIn.capsLock') : hint)
  const noticeCapsLock = (event: KeyboardEvent) => setLocked(event.getModifierState?.('CapsLock') ?? false)
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="password">
        <input
          id={id}
          name={name}
          {...typeOf(shown)}
          dir="ltr"
          autocomplete={autocomplete}
          autocapitalize="none"
          spellcheck={false}
          {...(isNew ? { minlength: 8 } : {})}
          maxlength={1024}
          required
          aria-invalid={wrong !== undefined}
          {...(note ? { 'aria-describedby': `${id}-note` } : {})}
          onKeyDown={noticeCapsLock}
          onKeyUp={noticeCapsLock}
          onBlur={() => setLocked(false)}
        />
        <button
          type="button"
          class="link"
          aria-pressed={shown}
          aria-controls={id}
          onClick={() => setShown(!shown)}
        >
          {say('signIn.show')}
        </button>
      </div>
      {note && (
        <p id={`${id}-note`} class={wrong ? 'wrong' : 'hint'}>
          {note}
        </p>
      )}
    </div>
  )
}

/** Preact's type of an input is a union over `type` that a variable cannot satisfy. */
const typeOf = (shown: boolean) => ({ type: shown ? 'text' : 'password' }) as { type: 'password' }
