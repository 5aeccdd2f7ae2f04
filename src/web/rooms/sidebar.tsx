import { useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import {
  browseAddress,
  forYouAddress,
  reportsAddress,
  savedAddress,
  threadsAddress,
} from '../ground/route.ts'
import { Icon } from '../kit/icon.tsx'
import { Mark } from '../kit/mark.tsx'
import { say } from '../language/say.ts'
import { AccountMenu } from './account-menu.tsx'
import { Invited } from './invited.tsx'
import { NewDirectSheet } from './new-direct.tsx'
import { NewRoomSheet } from './new-room.tsx'
import { RoomIcon } from './room-icon.tsx'
import { RoomList } from './room-list.tsx'
import { joinableRooms } from './rows.ts'

/** With more rooms than this, the list has a search field. */
const many = 15
const mostOffered = 5

/** The sidebar: your rooms with their unread counts, and at its bottom your account. */
export function Sidebar() {
  const store = useStore()
  const [making, setMaking] = useState<'rooms' | 'directs'>()
  const [query, setQuery] = useState('')
  const rows = store.rooms.rows.value
  const count = rows.rooms.length + rows.directs.length + rows.archived.length
  const close = () => setMaking(undefined)

  return (
    <>
      <div class="rooms">
        <header>
          <Mark />
          <h1>{say('app.name')}</h1>
          <button
            type="button"
            class="icon"
            aria-label={say('palette.title')}
            title={say('palette.title')}
            onClick={() => (store.overlay.value = 'palette')}
          >
            <Icon of="search" />
          </button>
        </header>
        <nav aria-label={say('rooms.rooms')}>
          {count > many && (
            <input
              type="search"
              class="narrow"
              dir="auto"
              aria-label={say('rooms.find')}
              placeholder={say('rooms.find')}
              value={query}
              onInput={(event) => setQuery(event.currentTarget.value)}
              onKeyDown={(event) => event.key === 'Escape' && setQuery('')}
            />
          )}
          <ForYouRow />
          <ThreadsRow />
          <SavedRow />
          <Invited />
          {count === 0 && <Offered />}
          <RoomList
            rows={rows}
            current={store.room.value}
            drafted={store.talk.drafted.value}
            query={count > many ? query.trim() : ''}
            onAdd={setMaking}
          />
          <a
            href={browseAddress}
            class="row browse"
            aria-current={store.route.value.view === 'browse' ? 'page' : undefined}
          >
            <span class="room-icon">
              <Icon of="search" />
            </span>
            <span class="title">{say('rooms.browse')}</span>
          </a>
          <ReportsRow />
        </nav>
        <AccountMenu />
      </div>
      {making === 'rooms' && <NewRoomSheet onClose={close} />}
      {making === 'directs' && <NewDirectSheet onClose={close} />}
    </>
  )
}

/** Mentions, replies and reactions of all rooms in one place. */
function ForYouRow() {
  const store = useStore()
  const n = store.mentions.count.value
  const isHere = store.route.value.view === 'forYou'
  return (
    <a
      href={forYouAddress}
      class={n > 0 ? 'row for-you-row unread' : 'row for-you-row'}
      aria-current={isHere ? 'page' : undefined}
    >
      <span class="room-icon">
        <Icon of="at" />
      </span>
      <span class="title">{say('forYou.title')}</span>
      {n > 0 && (
        <span class="count is-loud">
          <span aria-hidden="true">{n}</span>
          <span class="unseen"> {say('rooms.mentions', { n })}</span>
        </span>
      )}
    </a>
  )
}

/** The threads that you follow, of all rooms. */
function ThreadsRow() {
  const store = useStore()
  const n = store.threads.count.value
  const isHere = store.route.value.view === 'threads'
  return (
    <a
      href={threadsAddress}
      class={n > 0 ? 'row threads-row unread' : 'row threads-row'}
      aria-current={isHere ? 'page' : undefined}
    >
      <span class="room-icon">
        <Icon of="thread" />
      </span>
      <span class="title">{say('threads.title')}</span>
      {n > 0 && (
        <span class="count">
          <span aria-hidden="true">{n}</span>
          <span class="unseen"> {say('threads.unread', { n })}</span>
        </span>
      )}
    </a>
  )
}

/** Shown while you have saved something. */
function SavedRow() {
  const store = useStore()
  const isHere = store.route.value.view === 'saved'
  if (!store.saved.list.value?.length && !isHere) return null
  return (
    <a href={savedAddress} class="row saved-row" aria-current={isHere ? 'page' : undefined}>
      <span class="room-icon">
        <Icon of="bookmark" />
      </span>
      <span class="title">{say('saved.title')}</span>
    </a>
  )
}

/** Shown while there are open reports for you. */
function ReportsRow() {
  const store = useStore()
  const n = store.reports.count.value
  const isHere = store.route.value.view === 'reports'
  if (n === 0 && !isHere) return null
  return (
    <a href={reportsAddress} class="row browse reports-row" aria-current={isHere ? 'page' : undefined}>
      <span class="room-icon">
        <Icon of="flag" />
      </span>
      <span class="title">{say('reports.title')}</span>
      {n > 0 && (
        <span class="count is-loud">
          <span aria-hidden="true">{n}</span>
          <span class="unseen"> {say('reports.count', { n })}</span>
        </span>
      )}
    </a>
  )
}

/** For a person who is in no room yet: a few rooms to join. */
function Offered() {
  const store = useStore()
  const rooms = joinableRooms(store.state.value, store.rooms.listed.value)
  if (rooms.length === 0) return <p class="empty">{say('rooms.none')}</p>
  return (
    <section aria-labelledby="offered">
      <p class="empty" id="offered">
        {say('rooms.offered')}
      </p>
      <ul aria-labelledby="offered">
        {rooms.slice(0, mostOffered).map(({ id, title, access, avatar }) => (
          <li key={id}>
            <button type="button" class="row" onClick={() => store.rooms.join(id)}>
              <RoomIcon access={access} avatar={avatar} />
              <span class="title" dir="auto">
                {title}
              </span>
              <span class="join">{say('browse.join')}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
