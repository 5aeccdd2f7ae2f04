import { useId } from 'preact/hooks'
import { describedBy, Hint, type OptionsProps } from './options.tsx'

/** One of several options, of which only the chosen one is visible. */
export function Select<Value extends string>({
  label,
  name,
  value,
  options,
  hint,
  onPick,
}: OptionsProps<Value>) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        name={name}
        {...describedBy(id, hint)}
        {...(onPick ? { value, onChange: (event) => onPick(event.currentTarget.value as Value) } : {})}
      >
        {options.map(([each, words]) => (
          // By default, so that a reset brings it back. The types of Preact do not know this property.
          <option key={each} value={each} {...{ defaultSelected: each === value }}>
            {words}
          </option>
        ))}
      </select>
      {hint && <Hint of={id}>{hint}</Hint>}
    </div>
  )
}
