import { useComputed } from '@preact/signals'
import type { FunctionComponent } from 'preact'
import { useRef } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { browseAddress } from '../ground/route.ts'
import { Icon } from '../kit/icon.tsx'
import { Mark } from '../kit/mark.tsx'
import { say } from '../language/say.ts'
import { AccountMenu } from './account-menu.tsx'
import { Invited } from './invited.tsx'
import { ListEdge } from './list-edge.tsx'
import { RoomIcon } from './room-icon.tsx'
import { RoomList } from './room-list.tsx'
import { isNewcomer, joinableRooms } from './rows.ts'
import { UnreadBeyond } from './unread-beyond.tsx'
import { ReportsRow, Views } from './views.tsx'

const mostOffered = 5

type Props = {
  /** What a new community still needs; on a wide screen the pane next to the list has it. */
  Steps: FunctionComponent<{ onPhone?: boolean }>
}

/** The sidebar: your rooms with their unread counts, and at its bottom your account. */
export function Sidebar({ Steps }: Props) {
  const store = useStore()
  const list = useRef<HTMLElement>(null)
  const rows = store.rooms.rows.value
  // Computed, so that the list is not drawn again with each event.
  const isAdmin = useComputed(() => store.state.value.me?.roles.includes('admin') ?? false)
  const count = Object.values(rows.own).reduce(
    (sum, each) => sum + each.rows.length,
    rows.rooms.length + rows.directs.length + rows.archived.length,
  )

  return (
    <div class="rooms">
      <header>
        <Mark picture={store.community.value.avatar} />
        <h1 dir="auto">{store.community.value.name}</h1>
      </header>
      <button
        type="button"
        class="go-to"
        title={say('palette.title')}
        onClick={() => (store.overlay.value = 'palette')}
      >
        <Icon of="search" />
        {say('palette.hint')}
      </button>
      <div class="list">
        <nav ref={list} aria-label={say('rooms.rooms')}>
          <Views />
          <Invited />
          {isNewcomer(rows) && <Offered isAlone={count === 0} />}
          <RoomList
            rows={rows}
            current={store.room.value}
            drafted={store.talk.drafted.value}
            onAdd={(create) => {
              store.rooms.sheet.value = { create }
            }}
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
          {isAdmin.value && <Steps onPhone />}
          <ReportsRow />
        </nav>
        <UnreadBeyond list={list} />
      </div>
      <AccountMenu />
      <ListEdge />
    </div>
  )
}

/** For a person who is in no room yet: a few rooms to join. `isAlone`: not even in that of the administrators. */
function Offered({ isAlone }: { isAlone: boolean }) {
  const store = useStore()
  const rooms = joinableRooms(store.state.value, store.rooms.listed.value)
  if (rooms.length === 0) return isAlone && <p class="empty">{say('rooms.none')}</p>
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
