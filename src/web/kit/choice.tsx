import { useId } from 'preact/hooks'

type Props<Value extends string> = {
  label: string
  name: string
  value: Value
  options: readonly (readonly [Value, string])[]
  hint?: string | undefined
  onPick?: (value: Value) => void
}

/** One of a few options, all of them visible: a group of radio buttons. */
export function Choice<Value extends string>({ label, name, value, options, hint, onPick }: Props<Value>) {
  const id = useId()
  return (
    <fieldset class="choice" {...(hint ? { 'aria-describedby': `${id}-hint` } : {})}>
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
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </fieldset>
  )
}
