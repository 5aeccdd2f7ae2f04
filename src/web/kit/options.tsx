import type { ComponentChildren } from 'preact'

/** What a choice among named values takes. Without `onPick`, the form reads the value. */
export type OptionsProps<Value extends string> = {
  label: string
  name: string
  value: Value
  options: readonly (readonly [Value, string])[]
  hint?: string | undefined
  onPick?: (value: Value) => void
}

/** Connects a control to its hint, if there is one. */
export const describedBy = (id: string, hint: string | undefined) =>
  hint ? { 'aria-describedby': `${id}-hint` } : {}

export function Hint({ of, children }: { of: string; children: ComponentChildren }) {
  return (
    <p id={`${of}-hint`} class="hint">
      {children}
    </p>
  )
}
