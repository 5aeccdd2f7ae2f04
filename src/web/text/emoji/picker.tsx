import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { hasKeyboard } from '../../ground/media.ts'
import { placeNear, useCloseOutside } from '../../kit/popover.ts'
import { say } from '../../language/say.ts'
import { type Emoji, emojis, type Group, nameOf, searchEmoji } from './emoji.ts'
import { labelOf } from './label.ts'
import { noteEmoji, quick, recentEmoji } from './recent.ts'

type Props = {
  anchor: HTMLElement | null
  /** The emoji goes into the text; otherwise it is a reaction. */
  writing?: boolean
  onPick: (emoji: string) => void
  onClose: () => void
}

const sections: Record<Group, string> = {
  smileys: '😀',
  people: '👋',
  nature: '🌿',
  food: '🍎',
  travel: '🚢',
  activities: '⚽',
  objects: '💡',
  symbols: '💯',
}

/** A few emoji first, the others by name or by group. The arrows move, Enter picks, Escape closes. */
export function Picker({ anchor, writing, onPick, onClose }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [query, setQuery] = useState('')
  const all = emojis()
  const recent = useMemo(() => recentEmoji().map((emoji) => ({ emoji, name: nameOf(emoji) ?? emoji })), [all])
  const found = useMemo(() => searchEmoji(query), [query, all])

  useLayoutEffect(() => {
    const picker = box.current
    if (!picker) return
    picker.showPopover()
    if (anchor && innerWidth >= 640) placeNear(picker, anchor)
    // On a phone the on-screen keyboard would cover the emoji.
    const first = picker.querySelector<HTMLElement>(hasKeyboard() ? 'input' : '.picks button')
    first?.focus({ preventScroll: true })
  }, [anchor])

  useCloseOutside(box, anchor, onClose)

  const pick = (emoji: string) => {
    noteEmoji(emoji)
    onPick(emoji)
  }
  const button = ({ emoji }: Pick<Emoji, 'emoji'>) => (
    <button
      key={emoji}
      type="button"
      tabIndex={-1}
      aria-label={writing ? labelOf(emoji) : say('react.with', { name: labelOf(emoji) })}
      title={labelOf(emoji)}
      onClick={() => pick(emoji)}
    >
      {emoji}
    </button>
  )
  const section = (title: string, list: readonly Emoji[], name: string) =>
    list.length > 0 && (
      <section key={name} data-section={name} aria-label={title}>
        <h3>{title}</h3>
        <div class="picks">{list.map(button)}</div>
      </section>
    )

  return (
    <div
      ref={box}
      class="picker"
      role="dialog"
      aria-label={say(writing ? 'compose.emoji' : 'react.pick')}
      popover="manual"
      tabIndex={-1}
      onKeyDown={(event) => walk(event, onClose)}
    >
      <div class="picks quick">{quick.map((emoji) => button({ emoji }))}</div>
      <input
        type="search"
        aria-label={say('react.search')}
        placeholder={say('react.search')}
        autocomplete="off"
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !found[0]) return
          // The text box that gets the focus now must not get this key.
          event.preventDefault()
          pick(found[0].emoji)
        }}
      />
      {query.trim() === '' && (
        <nav aria-label={say('react.kinds')}>
          {(Object.entries(sections) as [Group, string][]).map(([group, sign]) => (
            <button
              key={group}
              type="button"
              aria-label={say(`emoji.${group}`)}
              title={say(`emoji.${group}`)}
              onClick={() => reveal(box.current, group)}
            >
              {sign}
            </button>
          ))}
        </nav>
      )}
      <div class="shelf" role="status" aria-live="off">
        {query.trim() === '' ? (
          <>
            {section(say('react.recent'), recent, 'recent')}
            {[...all.groups].map(([group, list]) => section(say(`emoji.${group}`), list, group))}
          </>
        ) : found.length > 0 ? (
          <div class="picks">{found.map(button)}</div>
        ) : (
          <p class="none">{say('react.none')}</p>
        )}
      </div>
    </div>
  )
}

function reveal(picker: HTMLElement | null, group: Group): void {
  const section = picker?.querySelector<HTMLElement>(`[data-section="${group}"]`)
  section?.scrollIntoView({ block: 'start' })
  section?.querySelector('button')?.focus({ preventScroll: true })
}

/** The arrows move to the emoji that is next in that direction; from the search box, down into the grid. */
function walk(event: KeyboardEvent & { currentTarget: HTMLElement }, onClose: () => void): void {
  const from = event.target as HTMLElement
  if (event.key === 'Escape') {
    onClose()
  } else if (from instanceof HTMLInputElement) {
    if (event.key !== 'ArrowDown') return event.stopPropagation()
    event.currentTarget.querySelector<HTMLElement>('.shelf button')?.focus()
  } else if (event.key.startsWith('Arrow')) {
    neighbour(event.currentTarget, from, event.key)?.focus()
  } else return event.stopPropagation()
  event.preventDefault()
  event.stopPropagation()
}

function neighbour(picker: HTMLElement, from: HTMLElement, key: string): HTMLElement | undefined {
  const all = [...picker.querySelectorAll<HTMLElement>('.picks button')]
  const at = all.indexOf(from)
  const rtl = getComputedStyle(picker).direction === 'rtl'
  if (key === 'ArrowLeft' || key === 'ArrowRight') return all[at + ((key === 'ArrowRight') !== rtl ? 1 : -1)]
  const { left, top } = from.getBoundingClientRect()
  const down = key === 'ArrowDown'
  const rows = (down ? all.slice(at + 1) : all.slice(0, at).toReversed())
    .map((button) => ({ button, box: button.getBoundingClientRect() }))
    .filter(({ box }) => (down ? box.top > top + 4 : box.top < top - 4))
  const row = rows[0]?.box.top
  const near = (box: DOMRect) => Math.abs(box.left - left)
  return rows.filter(({ box }) => Math.abs(box.top - row!) < 4).sort((a, b) => near(a.box) - near(b.box))[0]
    ?.button
}
