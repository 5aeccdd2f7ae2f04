import { useStore } from '../ground/context.ts'
import type { Route } from '../ground/route.ts'
import { EmptyPane } from '../kit/empty-pane.tsx'
import { say } from '../language/say.ts'
import { Offer } from '../push/offer.tsx'
import { isNewcomer } from '../rooms/rows.ts'
import { Sidebar } from '../rooms/sidebar.tsx'
import { RoomView } from '../talk/room.tsx'
import { Banner } from './banner.tsx'
import {
  Admin,
  Browse,
  Drafts,
  FirstSteps,
  ForYou,
  InvitePane,
  PersonCard,
  ReportSheet,
  Reports,
  RoomSheets,
  Saved,
  Settings,
  Threads,
} from './later.tsx'
import { Overlays } from './overlays.tsx'

/** The page of a person who is signed in: the sidebar, and the pane that the address bar names. */
export function Chat() {
  const store = useStore()
  const route = store.route.value
  return (
    <div class={route.view === 'list' ? 'shell' : 'shell in-pane'}>
      <Banner status={store.state.value.status} onRetry={store.reconnect} />
      <Offer />
      <Sidebar Steps={FirstSteps} />
      <Main route={route} />
      <Overlays />
      <PersonCard />
      <RoomSheets />
      <ReportSheet />
    </div>
  )
}

function Main({ route }: { route: Route }) {
  switch (route.view) {
    case 'room':
      return <RoomView key={route.room} id={route.room} />
    case 'browse':
      return <Browse />
    case 'invite':
      return <InvitePane key={route.code} code={route.code} />
    case 'settings':
      return <Settings page={route.page} />
    case 'admin':
      return <Admin page={route.page} />
    case 'reports':
      return <Reports />
    case 'forYou':
      return <ForYou />
    case 'threads':
      return <Threads />
    case 'saved':
      return <Saved />
    case 'drafts':
      return <Drafts />
    case 'list':
      return <Nothing />
  }
}

/**
 * The pane with nothing open, on a wide screen. It welcomes a person who is in no room yet; the list next to it has the rooms to
 * join, and the link to all of them. Administrators see what the community still needs.
 */
function Nothing() {
  const store = useStore()
  const { me } = store.state.value
  const { rows, isListed } = store.rooms
  const isNew = me && isListed.value && isNewcomer(rows.value)
  return (
    <EmptyPane
      title={isNew ? say('room.welcome', { name: me.display_name }) : say('room.choose')}
      below={<FirstSteps />}
    >
      {say(isNew ? 'room.welcomeHint' : 'room.chooseHint')}
    </EmptyPane>
  )
}
