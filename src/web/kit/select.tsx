import { useId } from 'preact/hooks'

type Props<Value extends string> = {
  label: string
  name: string
  value: Value
  options: readonly (readonly [Value, string])[]
  hint?: string | undefined
  onPick?: (value: Value) => void
}

/** One of several options, of which only the chosen one is visible. */
export function Select<Value extends string>({ label, name, value, options, hint, onPick }: Props<Value>) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        name={name}
        {...(hint ? { 'aria-describedby': `${id}-hint` } : {})}
        {...(onPick ? { value, onChange: (event) => onPick(event.currentTarget.value as Value) } : {})}
      >
        {options.map(([each, words]) => (
          <option key={each} value={each} selected={each === value}>
            {words}
          </option>
        ))}
      </select>
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </div>
  )
}
