import { useEffect, useId, useRef } from 'preact/hooks'

const restMs = 200

type Props = {
  label: string
  /** The first query. */
  value?: string
  onSearch: (query: string) => void
}

/** Searches after a pause in typing. */
export function SearchField({ label, value, onSearch }: Props) {
  const id = useId()
  const soon = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(soon.current), [])
  return (
    <search class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="search"
        defaultValue={value}
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
