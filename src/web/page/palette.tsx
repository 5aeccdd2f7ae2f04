import { useEffect, useId, useMemo, useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { Icon } from '../kit/icon.tsx'
import { useDialog } from '../kit/use-dialog.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { signOut } from '../sign-in/sign-out.ts'
import { type Entry, entriesOf, found } from './palette-entries.ts'

const mostShown = 50

type Props = { entries: readonly Entry[]; onClose: () => void; onSearch: (text: string) => void }

/** What there is to go to from here. */
export function OpenPalette({ onClose }: { onClose: () => void }) {
  const store = useStore()
  useEffect(() => store.people.loadAcquaintances(), [store])
  const [state, listed] = [store.state.value, store.rooms.listed.value]
  const here = store.room.value
  const entries = useMemo(
    () =>
      entriesOf(state, listed, {
        go: store.go,
        join: store.rooms.join,
        here,
        write: (username) =>
          store.people.openDirect([username]).catch((error) => {
            store.toast.value = sentenceFor(error)
          }),
        run: [
          {
            key: 'shortcuts',
            name: say('keys.title'),
            icon: 'keyboard',
            run: () => {
              store.overlay.value = 'shortcuts'
            },
          },
          { key: 'sign out', name: say('signIn.signOut'), icon: 'leave', run: () => signOut(store) },
        ],
      }),
    [store, state, listed, here],
  )
  const search = (text: string) => {
    store.search.asked.value = { text }
    store.overlay.value = 'search'
  }
  return <Palette entries={entries} onClose={onClose} onSearch={search} />
}

/** Goes to a room or runs a command by a few letters (WAI-ARIA APG: a combobox whose focus stays in the input). */
function Palette({ entries, onClose, onSearch }: Props) {
  const dialog = useDialog(onClose)
  const id = useId()
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const shown = useMemo(() => {
    const text = query.trim()
    const messages: Entry = {
      key: 'messages',
      name: text === '' ? say('search.title') : say('search.for', { text }),
      icon: 'search',
      run: () => onSearch(text),
    }
    return [...found(entries, query).slice(0, mostShown), messages]
  }, [entries, query])

  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' })
  }, [at, shown])

  const run = (entry: Entry | undefined) => {
    if (!entry) return
    onClose()
    entry.run()
  }
  const move = (event: KeyboardEvent) => {
    if (event.isComposing) return
    const last = shown.length - 1
    const to = { ArrowDown: at >= last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1 }[event.key]
    if (to !== undefined) setAt(Math.max(0, to))
    else if (event.key === 'Enter') run(shown[at])
    // At once: the dialog's close event comes later, and Ctrl-K before it would toggle twice.
    else if (event.key === 'Escape') onClose()
    else return
    event.preventDefault()
  }

  return (
    <dialog {...dialog} class="palette" aria-label={say('palette.title')}>
      <div class="palette-body">
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          {...(shown[at] ? { 'aria-activedescendant': `${id}-${at}` } : {})}
          aria-label={say('palette.title')}
          placeholder={say('palette.hint')}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          dir="auto"
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value)
            setAt(0)
          }}
          onKeyDown={move}
        />
        <div id={`${id}-list`} role="listbox" aria-label={say('palette.title')}>
          {shown.map((entry, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are heard by the input, which has the focus
            <div
              key={entry.key}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              onPointerMove={() => setAt(index)}
              onClick={() => run(entry)}
            >
              <Icon of={entry.icon} />
              <span class="name" dir="auto">
                {entry.name}
              </span>
              {entry.note && <span class="note">{entry.note}</span>}
              {(entry.unread ?? 0) > 0 && (
                <span class="count">{say('rooms.unread', { n: entry.unread ?? 0 })}</span>
              )}
            </div>
          ))}
        </div>
      </div>
    </dialog>
  )
}
