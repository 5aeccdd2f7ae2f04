import { useEffect, useState } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { roomOf } from '../../sdk/state.ts'
import { Announcer } from '../components/announcer.tsx'
import { Composer } from '../components/composer.tsx'
import { People } from '../components/people.tsx'
import { RoomHeader } from '../components/room-header.tsx'
import { Typing } from '../components/typing.tsx'
import { useStore } from '../context.ts'
import { wide } from '../media.ts'
import { namesIn, peopleIn } from '../people.ts'
import { Timeline } from './timeline.tsx'
import { Vacant } from './vacant.tsx'

/** The room in the address bar: ours to talk in, open to join, or not for us. */
export function RoomView({ id }: { id: string }) {
  const store = useStore()
  const room = roomOf(store.state.value, id)
  const listed = store.openRooms.value.find((other) => other.id === id)
  const member = room?.role !== undefined

  useEffect(() => {
    if (member) store.enter(id)
  }, [store, id, member])

  if (room && member) return <Talk room={room} />
  if (listed)
    return (
      <Vacant title={listed.title} action={{ name: 'Join this room', run: () => store.join(id) }}>
        {listed.description || 'Anyone on this server may join.'}
      </Vacant>
    )
  if (!store.listed.value) return <Vacant title="One moment…">Looking for the room.</Vacant>
  return <Vacant title="No such room">It does not exist, or it is not open to you.</Vacant>
}

function Talk({ room }: { room: RoomState }) {
  const store = useStore()
  const [showing, setShowing] = useState(wide())
  const { me, status } = store.state.value
  const { here, away } = peopleIn(room, me)
  const names = namesIn(room)

  const leave = () => {
    const sure = room.access !== 'closed' || confirm('Only an invitation brings you back. Leave this room?')
    if (sure) store.leave(room.id)
  }

  return (
    <main class={showing ? 'room with-people' : 'room'} aria-label={room.title}>
      <RoomHeader room={room} here={here.length} showing={showing} onShow={() => setShowing(!showing)} />
      <Timeline room={room} names={names} />
      {showing && <People here={here} away={away} me={me?.username} onLeave={leave} />}
      <Typing names={room.typing.map((username) => names.get(username) ?? username)} />
      {mayPost(room) ? (
        <Composer
          title={room.title}
          limit={store.limit}
          draft={store.drafts.get(room.id) ?? ''}
          onDraft={(text) => store.drafts.set(room.id, text)}
          onSend={(text) => store.send(room.id, text)}
          onTyping={() => status === 'online' && store.typing(room.id)}
        />
      ) : (
        <p class="joining">Only moderators write here.</p>
      )}
      <Announcer messages={room.messages} head={room.open ? room.head : undefined} me={me?.username} />
    </main>
  )
}

const mayPost = (room: RoomState) => room.posting === 'members' || room.role !== 'member'
