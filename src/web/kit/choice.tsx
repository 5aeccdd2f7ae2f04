import { useId } from 'preact/hooks'
import { describedBy, Hint, type OptionsProps } from './options.tsx'

/** One of a few options, all of them visible: a group of radio buttons. */
export function Choice<Value extends string>({
  label,
  name,
  value,
  options,
  hint,
  onPick,
}: OptionsProps<Value>) {
  const id = useId()
  return (
    <fieldset class="choice" {...describedBy(id, hint)}>
      <legend>{label}</legend>
      <div class="options">
        {options.map(([each, words]) => (
          <label key={each}>
            <input
              type="radio"
              name={name}
              value={each}
              defaultChecked={onPick ? undefined : each === value}
              {...(onPick ? { checked: each === value, onChange: () => onPick(each) } : {})}
            />
            <span dir="auto">{words}</span>
          </label>
        ))}
      </div>
      {hint && <Hint of={id}>{hint}</Hint>}
    </fieldset>
  )
}
