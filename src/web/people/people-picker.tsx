import { useId, useRef, useState } from 'preact/hooks'
import { isFound } from '../ground/search.ts'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'
import { Face } from './face.tsx'
import { hueOf } from './hue.ts'
import type { Person } from './people.ts'

type Props = {
  label: string
  hint: string
  /** The suggestions. Any other person is found by their whole username. */
  people: readonly Person[]
  chosen: readonly Person[]
  most: number
  onChoose: (chosen: readonly Person[]) => void
  /** Finds a person. Resolves to undefined, and shows an error itself, if there is no such person. */
  onFind: (username: string) => Promise<Person | undefined>
}

const mostShown = 8
const username = /^@?[a-z0-9][a-z0-9_.-]{2,31}$/i

/** Chooses people, who are shown in front of the input (WAI-ARIA APG: a combobox whose focus stays in the input). */
export function PeoplePicker({ label, hint, people, chosen, most, onChoose, onFind }: Props) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)

  const taken = new Set(chosen.map((person) => person.username))
  /** People, and last the typed text if it can be an unknown username. */
  const optionsFor = (typed: string): (Person | string)[] => {
    const text = typed.trim().replace(/^@/, '')
    const name = text.toLowerCase()
    const found = people
      .filter((person) => !taken.has(person.username) && isFound(text, person.name, person.username))
      .slice(0, mostShown)
    const known = taken.has(name) || found.some((person) => person.username === name)
    return username.test(text) && !known ? [...found, name] : found
  }
  const options = optionsFor(query)

  const type = (text: string) => {
    if (input.current) input.current.value = text
    setQuery(text)
    setAt(0)
  }
  const add = (person: Person | undefined) => {
    if (!person || taken.has(person.username) || chosen.length >= most) return
    onChoose([...chosen, person])
    type('')
    input.current?.focus()
  }
  const pick = (option: Person | string | undefined) => {
    if (typeof option === 'string') void onFind(option).then(add)
    else add(option)
  }
  const drop = (person: Person) => {
    onChoose(chosen.filter((other) => other !== person))
    input.current?.focus()
  }
  const press = (event: KeyboardEvent & { currentTarget: HTMLInputElement }) => {
    if (event.isComposing) return
    // Fast typing presses Enter before the last letter is drawn.
    const { value } = event.currentTarget
    const now = value === query ? { options, at } : { options: optionsFor(value), at: 0 }
    const last = now.options.length - 1
    const to = { ArrowDown: at >= last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1 }[event.key]
    if (to !== undefined && last >= 0) setAt(to)
    else if (event.key === 'Enter' && value && last >= 0) pick(now.options[now.at])
    else if (event.key === 'Backspace' && value === '' && chosen.length > 0) drop(chosen.at(-1)!)
    else return
    event.preventDefault()
  }

  const full = chosen.length >= most
  return (
    <div class="field whom">
      <label for={id}>{label}</label>
      <div class="chosen">
        {chosen.map((person) => (
          <button
            key={person.username}
            type="button"
            class="chip"
            aria-label={say('picker.drop', { name: person.name })}
            onClick={() => drop(person)}
          >
            <bdi>{person.name}</bdi>
            <Icon of="close" />
          </button>
        ))}
        <input
          ref={input}
          id={id}
          // An effect would be too early: the dialog around it is not open yet.
          autofocus
          dir="auto"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={options.length > 0}
          aria-controls={`${id}-list`}
          {...(options.length > 0 ? { 'aria-activedescendant': `${id}-${at}` } : {})}
          aria-describedby={`${id}-hint`}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          disabled={full}
          value={query}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={press}
        />
      </div>
      <p id={`${id}-hint`} class="hint">
        {full ? say('picker.full') : hint}
      </p>
      <div id={`${id}-list`} class="options-list" role="listbox" aria-label={label} tabIndex={-1}>
        {!full &&
          options.map((option, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's, which keeps the focus
            <div
              key={typeof option === 'string' ? '' : option.username}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => pick(option)}
            >
              {typeof option === 'string' ? (
                <span>{say('picker.find', { name: `@${option}` })}</span>
              ) : (
                <>
                  <Face username={option.username} display_name={option.name} avatar={option.avatar} />
                  <strong class={hueOf(option.username)} dir="auto">
                    {option.name}
                  </strong>
                  <span class="hint" dir="ltr">
                    @{option.username}
                  </span>
                </>
              )}
            </div>
          ))}
      </div>
      {options.length === 0 && query && <p class="hint">{say('picker.none')}</p>}
    </div>
  )
}
