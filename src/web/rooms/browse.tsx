import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Room } from '../../protocol/rooms.ts'
import { roomOf } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { addressOf } from '../ground/route.ts'
import { isFound } from '../ground/search.ts'
import { Pane } from '../kit/pane.tsx'
import { useTypedQuery } from '../kit/typed.ts'
import { say } from '../language/say.ts'
import { NewRoomSheet } from './new-room.tsx'
import { RoomIcon } from './room-icon.tsx'

const mostShown = 100

/** All rooms that you can find: search them, read their descriptions, join them. */
export function Browse() {
  const store = useStore()
  const [query, setQuery] = useTypedQuery('browse')
  const [shown, setShown] = useState(mostShown)
  const [making, setMaking] = useState(false)
  const { listed, isListed } = store.rooms
  const all = useMemo(
    () =>
      listed.value
        .filter(({ access }) => access !== 'direct')
        .sort(
          (a, b) =>
            Number(a.archived ?? false) - Number(b.archived ?? false) || a.title.localeCompare(b.title),
        ),
    [listed.value],
  )
  const found = all.filter(({ title, description, id }) => isFound(query, title, description, id))
  useEffect(() => store.rooms.refresh(), [store])

  return (
    <Pane title={say('browse.title')}>
      <div class="browse-tools">
        <input
          type="search"
          dir="auto"
          aria-label={say('browse.search')}
          placeholder={say('browse.search')}
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value)
            setShown(mostShown)
          }}
        />
        <button type="button" class="primary" onClick={() => setMaking(true)}>
          {say('new.room')}
        </button>
      </div>
      <p class="hint" role="status">
        {isListed.value
          ? say(all.length === 0 ? 'browse.none' : 'browse.count', { n: found.length })
          : say('app.moment')}
      </p>
      <ul class="rooms-found">
        {found.slice(0, shown).map((room) => (
          <Found key={room.id} room={room} joined={roomOf(store.state.value, room.id)?.role !== undefined} />
        ))}
      </ul>
      {found.length > shown && (
        <button type="button" class="quiet" onClick={() => setShown(shown + mostShown)}>
          {say('act.showMore')}
        </button>
      )}
      {making && <NewRoomSheet onClose={() => setMaking(false)} />}
    </Pane>
  )
}

function Found({ room, joined }: { room: Room; joined: boolean }) {
  const store = useStore()
  return (
    <li>
      <div class="what">
        <h3>
          <RoomIcon access={room.access} avatar={room.avatar} />
          <span dir="auto">{room.title}</span>
        </h3>
        {room.description && <p dir="auto">{room.description}</p>}
        {room.archived && <p class="hint">{say('browse.archived')}</p>}
      </div>
      {joined ? (
        <a href={addressOf(room.id)} class="quiet" aria-label={say('browse.openRoom', { name: room.title })}>
          {say('browse.open')}
        </a>
      ) : (
        !room.archived && (
          <button
            type="button"
            class="join"
            aria-label={say('browse.joinRoom', { name: room.title })}
            onClick={() => store.rooms.join(room.id)}
          >
            {say('browse.join')}
          </button>
        )
      )}
    </li>
  )
}
