import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { Icon } from '../kit/icon.tsx'
import { More } from '../kit/show-more.tsx'
import { useDialog } from '../kit/use-dialog.ts'
import { say } from '../language/say.ts'
import type { Asked } from './asked.ts'
import { titleOf } from './chosen.ts'
import { Filters } from './filters.tsx'
import { Result } from './result.tsx'

const restMs = 200

/** Finds messages as one types: in the room in view or everywhere. */
export function SearchBox({ onClose }: { onClose: () => void }) {
  const store = useStore()
  const { search } = store
  const dialog = useDialog(onClose)
  const box = dialog.ref
  const soon = useRef<ReturnType<typeof setTimeout>>(undefined)
  const id = useId()
  const asked = search.asked.value
  const { is, items, next, why } = search.results.value
  const last = search.last.value

  useLayoutEffect(() => box.current?.querySelector('input')?.select(), [])
  useEffect(() => {
    search.run()
    return () => clearTimeout(soon.current)
  }, [search])

  const ask = (change: Partial<Asked>, pauseMs = 0) => {
    search.asked.value = { ...search.asked.value, ...change }
    clearTimeout(soon.current)
    soon.current = setTimeout(search.run, pauseMs)
  }
  /** The arrows go over the results, and back to the field. */
  const move = (event: KeyboardEvent) => {
    // The keys of a field are its own, but not that which closes.
    const isInFields = (event.target as Element).closest('.more-filters') !== null
    if (event.isComposing || (isInFields && event.key !== 'Escape')) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const links = [...(box.current?.querySelectorAll<HTMLElement>('.results a, .last button') ?? [])]
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) links[0]?.click()
    else if (event.key === 'Escape') onClose()
    else if (step !== undefined) {
      const to = links.indexOf(document.activeElement as HTMLElement) + step
      if (to < 0) box.current?.querySelector('input')?.focus()
      else links[to]?.focus()
    } else return
    event.preventDefault()
  }
  const go = () => {
    search.note()
    onClose()
  }

  return (
    <dialog {...dialog} class="palette search-box" aria-label={say('search.title')} onKeyDown={move}>
      <div class="palette-body">
        <search>
          <div class="ask">
            <input
              type="search"
              aria-label={say('search.title')}
              placeholder={say('search.hint')}
              {...(is === 'typing' && { 'aria-describedby': `${id}-help` })}
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              dir="auto"
              value={asked.text}
              onInput={(event) => ask({ text: event.currentTarget.value }, restMs)}
            />
            <button type="button" class="icon" aria-label={say('act.close')} onClick={onClose}>
              <Icon of="close" />
            </button>
          </div>
          <Filters asked={asked} onAsk={ask} />
        </search>
        <div class="results">
          <p role="status" class={items.length > 0 ? 'unseen' : 'hint'}>
            {is === 'found' && items.length > 0 && say('search.found', { n: items.length })}
            {is === 'found' && items.length === 0 && say('search.none')}
            {is === 'searching' && items.length === 0 && say('search.busy')}
            {is === 'failed' && (why ?? say('search.failed'))}
          </p>
          {is === 'typing' && (
            <p id={`${id}-help`} class="hint">
              {say('search.help')}
            </p>
          )}
          {is === 'typing' && last.length > 0 && <Last texts={last} onAsk={(text) => ask({ text })} />}
          {is === 'failed' && items.length === 0 && (
            <button type="button" class="quiet" onClick={search.run}>
              {say('pending.retry')}
            </button>
          )}
          {is !== 'typing' && (
            <ol aria-busy={is === 'searching'}>
              {items.map(({ message, matches }) => (
                <Result
                  key={`${message.room} ${message.seq}`}
                  message={message}
                  matches={matches}
                  title={titleOf(store.state.value, message.room)}
                  onGo={go}
                />
              ))}
            </ol>
          )}
          {is === 'failed' && items.length > 0 && (
            <p class="hint" aria-hidden="true">
              {why ?? say('search.failed')}
            </p>
          )}
          <More
            pages={{ items, more: next !== undefined, busy: is === 'searching' }}
            name={say('search.more')}
            onMore={search.more}
          />
        </div>
      </div>
    </dialog>
  )
}

/** What was looked for before, one step away. */
function Last({ texts, onAsk }: { texts: readonly string[]; onAsk: (text: string) => void }) {
  const { search } = useStore()
  const id = useId()
  return (
    <section class="last" aria-labelledby={id}>
      <h3 id={id}>{say('search.last')}</h3>
      <ul>
        {texts.map((text) => (
          <li key={text}>
            <button type="button" dir="auto" onClick={() => onAsk(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="quiet" onClick={search.forget}>
        {say('search.forget')}
      </button>
    </section>
  )
}
