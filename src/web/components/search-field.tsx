import { useEffect, useId, useRef } from 'preact/hooks'

const restMs = 200

/** Asks once the writer has paused. */
export function SearchField({ label, onSearch }: { label: string; onSearch: (query: string) => void }) {
  const id = useId()
  const soon = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(soon.current), [])
  return (
    <search class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="search"
        dir="auto"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        onInput={({ currentTarget: { value } }) => {
          clearTimeout(soon.current)
          soon.current = setTimeout(() => onSearch(value.trim()), restMs)
        }}
      />
    </search>
  )
}
