import type { JSX } from 'preact'
import { Pane } from '../components/pane.tsx'
import { type SettingsPage, settingsAddress, settingsPages } from '../route.ts'
import { say } from '../say.ts'
import { AccountSettings } from './settings/account.tsx'
import { BlockedSettings } from './settings/blocked.tsx'
import { LookSettings } from './settings/look.tsx'
import { NoticeSettings } from './settings/notices.tsx'
import { ProfileSettings } from './settings/profile.tsx'
import { SessionSettings } from './settings/sessions.tsx'
import { TokenSettings } from './settings/tokens.tsx'

const pages: Record<SettingsPage, () => JSX.Element> = {
  profile: ProfileSettings,
  look: LookSettings,
  notices: NoticeSettings,
  sessions: SessionSettings,
  blocked: BlockedSettings,
  tokens: TokenSettings,
  account: AccountSettings,
}

export function Settings({ page }: { page: SettingsPage }) {
  const Page = pages[page]
  const tabs = settingsPages.map((each) => ({
    name: say(`settings.${each}`),
    address: settingsAddress(each),
    current: each === page,
  }))
  return (
    <Pane title={say('settings.title')} tabs={tabs}>
      <Page key={page} />
    </Pane>
  )
}
