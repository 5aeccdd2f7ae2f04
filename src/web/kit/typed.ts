import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'

type Control = HTMLInputElement | HTMLSelectElement

/**
 * Keeps what you typed into a form while the page is open, so that a look elsewhere does not lose it. Only changed fields:
 * the others show what the server says by then. Never a password.
 */
export function useTyped(form: RefObject<HTMLFormElement | null>, name: string | undefined) {
  const { typed } = useStore()
  useLayoutEffect(() => {
    const kept = name === undefined ? undefined : typed.get(name)
    if (!kept) return
    for (const control of controlsOf(form.current)) {
      const value = kept.get(control.name)
      if (value === undefined) continue
      if (isOption(control)) control.checked = control.value === value
      else control.value = value
      // For views that look at what is typed.
      control.dispatchEvent(new Event('input', { bubbles: true }))
    }
  }, [typed, form, name])

  return {
    keep() {
      if (name === undefined) return
      const changed = controlsOf(form.current).filter(isChanged)
      if (changed.length === 0) typed.delete(name)
      else typed.set(name, new Map(changed.map((control) => [control.name, control.value])))
    },
    forget() {
      if (name !== undefined) typed.delete(name)
    },
  }
}

/** The same for the text of a search field. */
export function useTypedQuery(name: string): [query: string, setQuery: (next: string) => void] {
  const { typed } = useStore()
  const [query, setQuery] = useState(() => typed.get(name)?.get('query') ?? '')
  return [
    query,
    (next) => {
      setQuery(next)
      if (next === '') typed.delete(name)
      else typed.set(name, new Map([['query', next]]))
    },
  ]
}

const controlsOf = (form: HTMLFormElement | null) =>
  [...(form?.elements ?? [])].filter(
    (each): each is Control =>
      (each instanceof HTMLSelectElement || (each instanceof HTMLInputElement && isKept(each))) &&
      each.name !== '',
  )

/** A password that is shown is an input of the type `text`. */
const isKept = ({ type, autocomplete }: HTMLInputElement) =>
  type !== 'password' && type !== 'checkbox' && !autocomplete.includes('password')

const isOption = (control: Control): control is HTMLInputElement & { type: 'radio' } =>
  control.type === 'radio'

function isChanged(control: Control): boolean {
  if (control instanceof HTMLSelectElement)
    return [...control.options].some((each) => each.selected !== each.defaultSelected)
  if (isOption(control)) return control.checked && !control.defaultChecked
  return control.value !== control.defaultValue
}
