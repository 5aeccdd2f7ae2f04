import { useEffect, useMemo, useRef } from 'preact/hooks'
import { preferences } from '../ground/preferences.ts'
import { addressOf } from '../ground/route.ts'
import { isFound } from '../ground/search.ts'
import { Icon } from '../kit/icon.tsx'
import { language } from '../language/language.ts'
import { say } from '../language/say.ts'
import { Face } from '../people/face.tsx'
import { RoomIcon } from './room-icon.tsx'
import { type Row, type Section, sections } from './rows.ts'

type Props = {
  rows: Record<Section, readonly Row[]>
  current: string | undefined
  /** Rooms that have a draft. */
  drafted: ReadonlySet<string>
  /** Only rooms that match it are shown. */
  query: string
  onAdd: (section: 'rooms' | 'directs') => void
}

/** The list of your rooms. A folded section still shows its unread rooms and the room in view. */
export function RoomList({ rows, current, drafted, query, onAdd }: Props) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    box.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [current])

  const shown = sections.map((section) => {
    const found = rows[section].filter(({ title, id }) => !query || isFound(query, title, id))
    return { section, found }
  })
  const nothing = shown.every(({ found }) => found.length === 0)
  return (
    <div ref={box}>
      {shown.map(
        ({ section, found }) =>
          (found.length > 0 || (!query && isAdded(section))) && (
            <RoomSection
              key={section}
              section={section}
              rows={found}
              current={current}
              drafted={drafted}
              folded={!query && isFolded(section)}
              onAdd={isAdded(section) && !query ? () => onAdd(section) : undefined}
            />
          ),
      )}
      {query && nothing && <p class="empty">{say('rooms.notFound')}</p>}
    </div>
  )
}

/** Sections with a button that adds to them; they are there even when they are empty. */
const isAdded = (section: Section): section is 'rooms' | 'directs' =>
  section === 'rooms' || section === 'directs'

type SectionProps = {
  section: Section
  rows: readonly Row[]
  current: string | undefined
  drafted: ReadonlySet<string>
  folded: boolean
  onAdd: (() => void) | undefined
}

function RoomSection({ section, rows, current, drafted, folded, onAdd }: SectionProps) {
  const id = `section-${section}`
  const shown = folded
    ? rows.filter((row) => row.id === current || (row.unread > 0 && row.tone !== 'quiet'))
    : rows
  return (
    <section aria-labelledby={id}>
      <header>
        <h2 id={id}>
          <button type="button" class="fold" aria-expanded={!folded} onClick={() => toggleFold(section)}>
            <Icon of="fold" />
            {say(`rooms.${section}`)}
          </button>
        </h2>
        {onAdd && (
          <button
            type="button"
            class="icon"
            aria-label={say(section === 'rooms' ? 'new.room' : 'new.direct')}
            title={say(section === 'rooms' ? 'new.room' : 'new.direct')}
            onClick={onAdd}
          >
            <Icon of="add" />
          </button>
        )}
      </header>
      <ul aria-labelledby={id}>
        {shown.map((row) => (
          <RoomRow
            key={row.id}
            row={row}
            current={row.id === current}
            drafted={row.id !== current && drafted.has(row.id)}
          />
        ))}
      </ul>
    </section>
  )
}

/** With hundreds of rooms only the rows that changed are drawn again. */
function RoomRow({ row, current, drafted }: { row: Row; current: boolean; drafted: boolean }) {
  return useMemo(() => {
    const { id, title, access, unread, tone, online, avatar, other } = row
    const lit = unread > 0 && tone !== 'quiet'
    return (
      <li>
        <a
          href={addressOf(id)}
          class={`row is-${tone} ${lit ? 'unread' : ''}`}
          aria-current={current ? 'page' : undefined}
        >
          {access === 'direct' ? (
            <span class={other === undefined ? 'room-icon' : 'room-icon of-person'}>
              {other !== undefined && <Face username={other} display_name={title} avatar={avatar} />}
              <span class={online ? 'dot' : 'dot away'} />
              {online && <span class="unseen">{say('people.isOnline')} </span>}
            </span>
          ) : (
            <RoomIcon access={access} avatar={avatar} />
          )}
          <span class="title" dir="auto">
            {title}
          </span>
          {drafted && (
            <span class="draft">
              <Icon of="edit" />
              <span class="unseen"> {say('compose.draft')}</span>
            </span>
          )}
          <Count row={row} />
        </a>
      </li>
    )
  }, [...Object.values(row), current, drafted, language.value])
}

const most = 99

function Count({ row: { unread, mentions, tone } }: { row: Row }) {
  if (unread === 0 && mentions === 0) return null
  const n = mentions || unread
  const words = mentions > 0 ? say('rooms.mentions', { n }) : say('rooms.unread', { n })
  return (
    <span class={`count is-${tone}`}>
      <span aria-hidden="true" dir="ltr">
        {mentions > 0 && '@'}
        {n > most ? `${most}+` : n}
      </span>
      <span class="unseen"> {words}</span>
    </span>
  )
}

/** Only archived rooms are folded by default. The preference has the sections that differ from the default. */
const isFolded = (section: Section) =>
  (section === 'archived') !== preferences.turned.value.split(' ').includes(section)

function toggleFold(section: Section): void {
  const turned = new Set(preferences.turned.value.split(' ').filter(Boolean))
  if (!turned.delete(section)) turned.add(section)
  preferences.turned.value = [...turned].join(' ')
}
