import { Admin } from '../admin/admin.tsx'
import { useStore } from '../ground/context.ts'
import { browseAddress, type Route } from '../ground/route.ts'
import { EmptyPane } from '../kit/empty-pane.tsx'
import { say } from '../language/say.ts'
import { ForYou } from '../mentions/for-you.tsx'
import { PersonCard } from '../people/person-card.tsx'
import { Offer } from '../push/offer.tsx'
import { ReportSheet } from '../reports/report-sheet.tsx'
import { Reports } from '../reports/reports.tsx'
import { Browse } from '../rooms/browse.tsx'
import { InvitePane } from '../rooms/invite-pane.tsx'
import { Sidebar } from '../rooms/sidebar.tsx'
import { Saved } from '../saved/saved.tsx'
import { Settings } from '../settings/settings.tsx'
import { RoomView } from '../talk/room.tsx'
import { Threads } from '../threads/threads.tsx'
import { Banner } from './banner.tsx'
import { Overlays } from './overlays.tsx'

/** The page of a person who is signed in: the sidebar, and the pane that the address bar names. */
export function Chat() {
  const store = useStore()
  const route = store.route.value
  return (
    <div class={route.view === 'list' ? 'shell' : 'shell in-pane'}>
      <Banner status={store.state.value.status} onRetry={store.reconnect} />
      <Offer />
      <Sidebar />
      <Main route={route} />
      <Overlays />
      <PersonCard />
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
    case 'list':
      return <Nothing />
  }
}

/** The pane with nothing open, on a wide screen. Shows a welcome to a person who is in no room yet. */
function Nothing() {
  const store = useStore()
  const { me } = store.state.value
  const { rows, isListed } = store.rooms
  const isNew = isListed.value && Object.values(rows.value).every((section) => section.length === 0)
  if (!me || !isNew) return <EmptyPane title={say('room.choose')}>{say('room.chooseHint')}</EmptyPane>
  const action = { name: say('rooms.browse'), run: () => store.go(browseAddress) }
  return (
    <EmptyPane title={say('room.welcome', { name: me.display_name })} action={action}>
      {say('room.welcomeHint')}
    </EmptyPane>
  )
}
