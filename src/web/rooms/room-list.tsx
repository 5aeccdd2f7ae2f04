import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { preferences } from '../ground/preferences.ts'
import { addressOf } from '../ground/route.ts'
import { Icon } from '../kit/icon.tsx'
import { language } from '../language/language.ts'
import { say } from '../language/say.ts'
import { Face, GroupFace } from '../people/face.tsx'
import { StatusSign } from '../people/status-sign.tsx'
import { RoomIcon } from './room-icon.tsx'
import { type MenuPlace, RowMenu } from './room-menu.tsx'
import type { Row, Rows } from './rows.ts'
import { ListMenu, SectionMenu } from './section-menu.tsx'

type Props = {
  rows: Rows
  current: string | undefined
  /** Rooms that have a draft. */
  drafted: ReadonlySet<string>
  onAdd: (section: 'rooms' | 'directs') => void
}

/** The list of your rooms. A folded section still shows its unread rooms and the room in view. */
export function RoomList({ rows, current, drafted, onAdd }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const { state } = useStore()
  const [menu, setMenu] = useState<MenuPlace>()
  const of = menu && state.value.rooms[menu.room]
  useEffect(() => {
    box.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [current])

  return (
    <div ref={box} class="room-list">
      {partsOf(rows, onAdd).map(
        (part) =>
          (part.rows.length > 0 || part.menu) && (
            <RoomSection
              key={part.id}
              part={part}
              current={current}
              drafted={drafted}
              folded={isFolded(part.id)}
              onMenu={setMenu}
            />
          ),
      )}
      {menu && of && (
        <RowMenu key={menu.room} room={of} anchor={menu.anchor} onClose={() => setMenu(undefined)} />
      )}
    </div>
  )
}

/** A part of the list: a section of everybody, or of your own. Those with a menu are there even when they are empty. */
type Part = { id: string; title: string; rows: readonly Row[]; menu?: ComponentChildren }

function partsOf(
  { favourites, own, rooms, directs, archived }: Rows,
  onAdd: (section: 'rooms' | 'directs') => void,
): Part[] {
  return [
    { id: 'favourites', title: say('rooms.favourites'), rows: favourites },
    ...own.map((section, at) => ({
      ...{ id: section.id, title: section.name, rows: section.rows },
      menu: <SectionMenu section={section} isFirst={at === 0} isLast={at === own.length - 1} />,
    })),
    {
      ...{ id: 'rooms', title: say('rooms.rooms'), rows: rooms },
      menu: (
        <>
          <ListMenu />
          <Add label={say('new.room')} onAdd={() => onAdd('rooms')} />
        </>
      ),
    },
    {
      ...{ id: 'directs', title: say('rooms.directs'), rows: directs },
      menu: <Add label={say('new.direct')} onAdd={() => onAdd('directs')} />,
    },
    { id: 'archived', title: say('rooms.archived'), rows: archived },
  ]
}

const Add = ({ label, onAdd }: { label: string; onAdd: () => void }) => (
  <button type="button" class="icon" aria-label={label} title={label} onClick={onAdd}>
    <Icon of="add" />
  </button>
)

type SectionProps = {
  part: Part
  current: string | undefined
  drafted: ReadonlySet<string>
  folded: boolean
  onMenu: (place: MenuPlace) => void
}

function RoomSection({ part, current, drafted, folded, onMenu }: SectionProps) {
  const id = `section-${part.id}`
  const shown = folded
    ? part.rows.filter((row) => row.id === current || (row.unread > 0 && row.tone !== 'quiet'))
    : part.rows
  return (
    <section aria-labelledby={id}>
      <header>
        <h2 id={id}>
          <button type="button" class="fold" aria-expanded={!folded} onClick={() => toggleFold(part.id)}>
            <Icon of="fold" />
            <span class="title" dir="auto">
              {part.title}
            </span>
          </button>
        </h2>
        {part.menu}
      </header>
      <ul aria-labelledby={id}>
        {shown.map((row) => (
          <RoomRow
            key={row.id}
            row={row}
            current={row.id === current}
            drafted={row.id !== current && drafted.has(row.id)}
            onMenu={onMenu}
          />
        ))}
      </ul>
    </section>
  )
}

type RowProps = { row: Row; current: boolean; drafted: boolean; onMenu: SectionProps['onMenu'] }

/** With hundreds of rooms only the rows that changed are drawn again. */
function RoomRow({ row, current, drafted, onMenu }: RowProps) {
  const { isShown, Words } = useStore().last
  const withLast = isShown.value
  return useMemo(() => {
    const { id, title, access, unread, tone, muted, online, avatar, other, group, status } = row
    const lit = unread > 0 && tone !== 'quiet'
    return (
      <li>
        <a
          href={addressOf(id)}
          class={`row is-${tone} ${lit ? 'unread' : ''}`}
          aria-current={current ? 'page' : undefined}
          onContextMenu={(event) => {
            event.preventDefault()
            onMenu({ room: id, anchor: event.currentTarget })
          }}
        >
          {access === 'direct' ? (
            <span class={other === undefined && group === 0 ? 'room-icon' : 'room-icon of-person'}>
              {other !== undefined && <Face username={other} display_name={title} avatar={avatar} />}
              {group > 0 && <GroupFace others={group} />}
              <span class={online ? 'dot' : 'dot away'} />
              {online && <span class="unseen">{say('people.isOnline')} </span>}
            </span>
          ) : (
            <RoomIcon access={access} avatar={avatar} />
          )}
          <span class="title" dir="auto">
            {title}
          </span>
          <StatusSign status={status} />
          {muted && (
            <span class="sign">
              <Icon of="muted" />
              <span class="unseen"> {say('rooms.muted')}</span>
            </span>
          )}
          {drafted && (
            <span class="sign">
              <Icon of="edit" />
              <span class="unseen"> {say('compose.draft')}</span>
            </span>
          )}
          {withLast && <Words id={id} />}
          <Count row={row} />
        </a>
      </li>
    )
  }, [...Object.values(row), current, drafted, onMenu, withLast, language.value])
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
const isFolded = (section: string) =>
  (section === 'archived') !== preferences.turned.value.split(' ').includes(section)

function toggleFold(section: string): void {
  const turned = new Set(preferences.turned.value.split(' ').filter(Boolean))
  if (!turned.delete(section)) turned.add(section)
  preferences.turned.value = [...turned].join(' ')
}
