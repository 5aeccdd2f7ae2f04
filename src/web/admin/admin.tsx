import type { JSX } from 'preact'
import { useStore } from '../ground/context.ts'
import { type AdminPage, adminAddress, adminPages } from '../ground/route.ts'
import { Pane } from '../kit/pane.tsx'
import { say } from '../language/say.ts'
import { Audit } from './audit.tsx'
import { Bots } from './bots.tsx'
import { CommunityPage } from './community.tsx'
import { Health } from './health.tsx'
import { AdminRooms } from './rooms.tsx'
import { ServerState } from './server-state.tsx'
import { Users } from './users.tsx'

const pages: Record<AdminPage, () => JSX.Element> = {
  users: Users,
  rooms: AdminRooms,
  community: CommunityPage,
  bots: Bots,
  audit: Audit,
  server: ServerState,
}

export function Admin({ page }: { page: AdminPage }) {
  const { me } = useStore().state.value
  if (!me?.roles.includes('admin'))
    return (
      <Pane title={say('admin.title')}>
        <p>{say('admin.only')}</p>
      </Pane>
    )
  const Page = pages[page]
  const tabs = adminPages.map((each) => ({
    name: say(`admin.${each}`),
    address: adminAddress(each),
    current: each === page,
  }))
  return (
    <Pane title={say('admin.title')} tabs={tabs}>
      <Health page={page} />
      <Page key={page} />
    </Pane>
  )
}
