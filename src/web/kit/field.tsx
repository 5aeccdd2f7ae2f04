import type { InputHTMLAttributes } from 'preact'
import { useId } from 'preact/hooks'

type Props = {
  name: string
  label: string
  type?: 'text' | 'email' | 'password' | 'time'
  hint?: string | undefined
  /** The first value. */
  value?: string
  wrong?: string | undefined
  autocomplete?: string
  autocapitalize?: 'none' | 'sentences'
  spellcheck?: boolean
  minlength?: number
  maxlength?: number
  required?: boolean
  /** In a sheet: the field that gets the focus. */
  autofocus?: boolean
}

/** A labelled input. A screen reader reads its hint and its error with it. */
export function Field({ name, label, hint, wrong, value, ...input }: Props) {
  const id = useId()
  const note = wrong ?? hint
  // Preact's type of an input is a union over `type` that a variable cannot satisfy.
  const attributes = input as InputHTMLAttributes<HTMLInputElement>
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...attributes}
        id={id}
        dir="auto"
        name={name}
        defaultValue={value}
        aria-invalid={wrong !== undefined}
        {...(note ? { 'aria-describedby': `${id}-note` } : {})}
      />
      {note && (
        <p id={`${id}-note`} class={wrong ? 'wrong' : 'hint'}>
          {note}
        </p>
      )}
    </div>
  )
}
