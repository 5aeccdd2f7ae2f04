import { useState } from 'preact/hooks'
import { Icon } from '../components/icon.tsx'
import { Mark } from '../components/mark.tsx'
import { NewRoom } from '../components/new-room.tsx'
import { useStore } from '../context.ts'
import { joinableRooms, joinedRooms } from '../rooms.ts'
import { addressOf } from '../route.ts'

/** The list at the left: rooms joined, with what is unread, and open ones to join; below it, oneself. */
export function Rooms() {
  const store = useStore()
  const [making, setMaking] = useState(false)
  const state = store.state.value
  const joined = joinedRooms(state)
  const joinable = joinableRooms(state, store.openRooms.value)

  return (
    <>
      <div class="rooms">
        <header>
          <Mark />
          <h1>Parley</h1>
          <button type="button" class="icon" aria-label="Create a room" onClick={() => setMaking(true)}>
            <Icon of="add" />
          </button>
        </header>
        <nav aria-label="Rooms">
          <h2 id="joined">Your rooms</h2>
          {joined.length === 0 && <p class="empty">None yet. Join one below, or create your own.</p>}
          <ul aria-labelledby="joined">
            {joined.map(({ id, title, access, unread }) => (
              <li key={id}>
                <a
                  href={addressOf(id)}
                  class={unread > 0 ? 'row unread' : 'row'}
                  aria-current={store.room.value === id ? 'page' : undefined}
                >
                  <Sigil access={access} />
                  <span class="title" dir="auto">
                    {title}
                  </span>
                  {unread > 0 && (
                    <span class="count">
                      {unread > 99 ? '99+' : unread}
                      <span class="unseen"> unread</span>
                    </span>
                  )}
                </a>
              </li>
            ))}
          </ul>
          {joinable.length > 0 && (
            <>
              <h2 id="joinable">Open to join</h2>
              <ul aria-labelledby="joinable">
                {joinable.map(({ id, title, access }) => (
                  <li key={id}>
                    <button type="button" class="row" onClick={() => store.join(id)}>
                      <Sigil access={access} />
                      <span class="title" dir="auto">
                        {title}
                      </span>
                      <span class="join">Join</span>
                    </button>
                  </li>
                ))}
              </ul>
            </>
          )}
        </nav>
        <footer>
          <p class="self">
            <strong dir="auto">{state.me?.display_name}</strong>
            <span>@{state.me?.username}</span>
          </p>
          <button type="button" class="icon" aria-label="Sign out" title="Sign out" onClick={store.signOut}>
            <Icon of="leave" />
          </button>
        </footer>
      </div>
      {making && <NewRoom onClose={() => setMaking(false)} />}
    </>
  )
}

/** What kind of room it is, before its title; said in words to those who do not see it. */
function Sigil({ access }: { access: 'open' | 'closed' | 'admins' | 'direct' }) {
  const words = { open: '', closed: 'private ', admins: 'administrators only ', direct: 'direct ' }[access]
  return (
    <span class="sigil">
      {access === 'closed' && <Icon of="lock" />}
      {access === 'admins' && <Icon of="shield" />}
      <span aria-hidden="true">{access === 'open' ? '#' : access === 'direct' ? '@' : ''}</span>
      <span class="unseen">{words}</span>
    </span>
  )
}
