import { Banner } from '../components/banner.tsx'
import { PersonCard } from '../components/person-card.tsx'
import { useStore } from '../context.ts'
import type { Route } from '../route.ts'
import { say } from '../say.ts'
import { Admin } from './admin.tsx'
import { Browse } from './browse.tsx'
import { InviteView } from './invite.tsx'
import { Overlays } from './overlays.tsx'
import { RoomView } from './room.tsx'
import { Rooms } from './rooms.tsx'
import { Settings } from './settings.tsx'
import { Vacant } from './vacant.tsx'

/** Signed in: the rooms at the side, and beside them what the address bar says. */
export function Chat() {
  const store = useStore()
  const route = store.route.value
  return (
    <div class={route.view === 'list' ? 'shell' : 'shell in-pane'}>
      <Banner status={store.state.value.status} onRetry={store.reconnect} />
      <Rooms />
      <Beside route={route} />
      <Overlays />
      <PersonCard />
    </div>
  )
}

function Beside({ route }: { route: Route }) {
  switch (route.view) {
    case 'room':
      return <RoomView key={route.room} id={route.room} />
    case 'browse':
      return <Browse />
    case 'invite':
      return <InviteView key={route.code} code={route.code} />
    case 'settings':
      return <Settings page={route.page} />
    case 'admin':
      return <Admin page={route.page} />
    case 'list':
      return <Vacant title={say('room.choose')}>{say('room.chooseHint')}</Vacant>
  }
}
