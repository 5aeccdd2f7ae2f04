import { useEffect, useState } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { roomOf } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { wide } from '../ground/media.ts'
import type { Powers } from '../ground/powers.ts'
import { usePowers } from '../ground/use-powers.ts'
import { useUntil } from '../ground/use-until.ts'
import { EmptyPane } from '../kit/empty-pane.tsx'
import { clockOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { namesIn } from '../people/people.ts'
import { Members } from '../rooms/members.tsx'
import { Announcer } from './announcer.tsx'
import { Composer } from './composer.tsx'
import { RoomHeader } from './room-header.tsx'
import { Timeline } from './timeline.tsx'
import { Typing } from './typing.tsx'

/** The room in the address bar: one you are in, one you can join, or none you may see. */
export function RoomView({ id }: { id: string }) {
  const store = useStore()
  const room = roomOf(store.state.value, id)
  const listed = store.rooms.listed.value.find((other) => other.id === id)
  const member = room?.role !== undefined

  useEffect(() => {
    if (member) store.rooms.enter(id)
  }, [store, id, member])

  if (room && member) return <Talk room={room} />
  if (listed?.archived) return <EmptyPane title={listed.title}>{say('room.archived')}</EmptyPane>
  if (listed)
    return (
      <EmptyPane title={listed.title} action={{ name: say('room.join'), run: () => store.rooms.join(id) }}>
        {listed.description || say('room.joinText')}
      </EmptyPane>
    )
  if (!store.rooms.isListed.value)
    return <EmptyPane title={say('app.moment')}>{say('room.looking')}</EmptyPane>
  return <EmptyPane title={say('room.none')}>{say('room.noneText')}</EmptyPane>
}

function Talk({ room }: { room: RoomState }) {
  const store = useStore()
  const [showing, setShowing] = useState(wide())
  const { me } = store.state.value
  const names = namesIn(room)
  const silenced = useUntil(room.silenced_until)
  const powers = usePowers(room)
  const refusal = refusalIn(room, powers, silenced)

  return (
    <main class={showing ? 'room with-people' : 'room'} aria-label={room.title}>
      <RoomHeader
        room={room}
        online={room.online_count}
        showing={showing}
        onShow={() => setShowing(!showing)}
      />
      <Timeline room={room} names={names} />
      {showing && <Members room={room} />}
      <Typing names={room.typing.map((username) => names.get(username) ?? username)} />
      {refusal === undefined ? (
        <Composer room={room} />
      ) : (
        <p class="joining" role="status">
          {refusal}
        </p>
      )}
      <Announcer messages={room.messages} head={room.open ? room.head : undefined} me={me?.username} />
    </main>
  )
}

/** Why you cannot write here. */
function refusalIn(room: RoomState, powers: Powers, silenced: string | undefined): string | undefined {
  if (room.archived) return say('room.archived')
  if (silenced) return say('room.silenced', { at: clockOf(silenced) })
  if (!powers.post) return say('room.moderatorsOnly')
  return undefined
}
