import type { JSX } from 'preact'
import { type SettingsPage, settingsAddress, settingsPages } from '../ground/route.ts'
import { Pane } from '../kit/pane.tsx'
import { say } from '../language/say.ts'
import { AccountSettings } from './account.tsx'
import { BlockedSettings } from './blocked.tsx'
import { LookSettings } from './look.tsx'
import { NoticeSettings } from './notifications.tsx'
import { ProfileSettings } from './profile.tsx'
import { SessionSettings } from './sessions.tsx'
import { TokenSettings } from './tokens.tsx'

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
