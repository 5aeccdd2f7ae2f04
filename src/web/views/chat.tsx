import { Banner } from '../components/banner.tsx'
import { useStore } from '../context.ts'
import { RoomView } from './room.tsx'
import { Rooms } from './rooms.tsx'
import { Vacant } from './vacant.tsx'

/** Signed in: the rooms at the left, one of them open beside it. */
export function Chat() {
  const store = useStore()
  const id = store.room.value
  return (
    <div class={id === undefined ? 'shell' : 'shell in-room'}>
      <Banner status={store.state.value.status} onRetry={store.reconnect} />
      <Rooms />
      {id === undefined ? (
        <Vacant title="Choose a room">Rooms you have joined stand at the left; open ones below them.</Vacant>
      ) : (
        <RoomView key={id} id={id} />
      )}
    </div>
  )
}
