import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { RoomFacts, RoomFactsPage, RoomFactsQuery } from '../../protocol/room-facts.ts'
import { roomOf } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { addressOf } from '../ground/route.ts'
import { type Choice, Menu } from '../kit/menu.tsx'
import { createListing } from '../kit/paged-list.ts'
import { SearchField } from '../kit/search-field.tsx'
import { Select } from '../kit/select.tsx'
import { More } from '../kit/show-more.tsx'
import { sizeOf } from '../language/amounts.ts'
import { momentOf, shortTimeOf } from '../language/dates.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say, sayNames } from '../language/say.ts'
import { DeleteRoom } from '../rooms/delete-room.tsx'
import { RoomIcon } from '../rooms/room-icon.tsx'

const kinds = ['all', 'open', 'closed', 'admins', 'archived'] as const
type Kind = (typeof kinds)[number]
type Order = NonNullable<RoomFactsQuery['order']>

/** A room that is archived is listed under its access too. */
const filterOf = (kind: Kind): RoomFactsQuery =>
  kind === 'all' ? {} : kind === 'archived' ? { state: 'archived' } : { access: kind }

/** Every room of the community, also private ones: what it is, never what is said in it. */
export function AdminRooms() {
  const [q, setQuery] = useState('')
  const [kind, setKind] = useState<Kind>('all')
  const [order, setOrder] = useState<Order>('latest')
  const { list, counts, load, more, wrong } = useFacts({ ...(q && { q }), ...filterOf(kind), order })
  const [deleting, setDeleting] = useState<RoomFacts>()
  const pages = list.pages.value

  return (
    <>
      <p class="hint">{say('facts.text')}</p>
      <SearchField label={say('facts.search')} onSearch={setQuery} />
      <div class="pair">
        <Select
          name="kind"
          label={say('facts.show')}
          value={kind}
          options={kinds.map((each) => [each, say(`facts.${each}`)])}
          onPick={setKind}
        />
        <Select
          name="order"
          label={say('facts.order')}
          value={order}
          options={[
            ['latest', say('facts.latest')],
            ['oldest', say('facts.oldest')],
          ]}
          onPick={setOrder}
        />
      </div>
      <p class="hint" role="status">
        {wrong ??
          (counts
            ? [
                say('browse.count', { n: counts.total }),
                counts.directs > 0 && say('facts.directs', { n: counts.directs }),
              ]
                .filter(Boolean)
                .join(' · ')
            : say('app.moment'))}
      </p>
      <ul class="entries" aria-label={say('admin.rooms')}>
        {pages?.items.map((room) => (
          <Line
            key={room.id}
            room={room}
            onChanged={(changed) => list.replace(({ id }) => id === room.id, changed)}
            onDelete={() => setDeleting(room)}
          />
        ))}
      </ul>
      <More pages={pages} onMore={more} />
      {deleting && (
        <DeleteRoom
          room={deleting}
          onClose={() => setDeleting(undefined)}
          onDeleted={() => {
            setDeleting(undefined)
            load()
          }}
        />
      )}
    </>
  )
}

/** The list for a query, from its first page whenever the query is another one. */
function useFacts(query: RoomFactsQuery) {
  const { admin } = useStore()
  const [wrong, setWrong] = useState<string>()
  const [counts, setCounts] = useState<Pick<RoomFactsPage, 'total' | 'directs'>>()
  const key = JSON.stringify(query)
  const asked = useRef(key)
  asked.current = key
  const list = useMemo(
    () =>
      createListing(async (after: string | undefined) => {
        const now = asked.current
        const page = await admin.listRooms({ ...JSON.parse(now), ...(after && { after }) })
        if (now === asked.current) setCounts(page)
        return page
      }),
    [admin],
  )
  const show = (act: Promise<void>) =>
    void act.then(
      () => setWrong(undefined),
      (error) => setWrong(sentenceFor(error)),
    )
  const load = () => show(list.start())
  useEffect(load, [list, key])
  return { list, counts, load, more: () => show(list.more()), wrong }
}

type LineProps = { room: RoomFacts; onChanged: (room: RoomFacts) => void; onDelete: () => void }

function Line({ room, onChanged, onDelete }: LineProps) {
  const store = useStore()
  const { title, access, archived, members, head, file_bytes, owners, last_at } = room
  const mayOpen = access === 'open' || roomOf(store.state.value, room.id)?.role !== undefined

  const archive = async () => {
    const sure =
      archived ||
      (await store.ask({
        title: say('archive.title', { room: title }),
        text: say('archive.text'),
        action: say('archive.act'),
      }))
    if (!sure) return
    try {
      await store.rooms.change(room.id, { archived: !archived })
      const { archived: _, ...rest } = room
      onChanged({ ...rest, ...(archived ? {} : { archived: true }) })
    } catch (error) {
      store.toast.value = sentenceFor(error)
    }
  }
  const choices = (): readonly Choice[] => [
    ...(mayOpen
      ? [{ name: say('browse.open'), icon: 'on', run: () => store.go(addressOf(room.id)) } as const]
      : []),
    { name: say(archived ? 'archive.undo' : 'archive.act'), icon: 'file', run: () => void archive() },
    { name: say('delete.act'), icon: 'bin', danger: true, run: onDelete },
  ]
  const names = sayNames(owners.map(({ display_name }) => display_name))
  return (
    <li class="entry">
      <div class="what">
        <span class="named">
          <RoomIcon access={access} avatar={room.avatar} />
          <strong dir="auto">{title}</strong>
          {archived && <span class="badge">{say('facts.archived')}</span>}
        </span>
        <span class="hint">
          {[
            say('facts.members', { n: members }),
            say('facts.events', { n: head }),
            file_bytes > 0 && say('facts.files', { size: sizeOf(file_bytes) }),
          ]
            .filter(Boolean)
            .join(' · ')}
          {' · '}
          <time dateTime={last_at} title={momentOf(last_at)}>
            {say('facts.used', { at: shortTimeOf(last_at) })}
          </time>
          {` · ${owners.length > 0 ? say('facts.owners', { names }) : say('facts.nobody')}`}
        </span>
      </div>
      <Menu label={say('users.acts', { name: title })} choices={choices} />
    </li>
  )
}
