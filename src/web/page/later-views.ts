import { Admin } from '../admin/admin.tsx'
import { FirstSteps } from '../admin/first-steps.tsx'
import { ForYou } from '../mentions/for-you.tsx'
import { PersonCard } from '../people/person-card.tsx'
import { ReportSheet } from '../reports/report-sheet.tsx'
import { Reports } from '../reports/reports.tsx'
import { Browse } from '../rooms/browse.tsx'
import { InvitePane } from '../rooms/invite-pane.tsx'
import { LastWords } from '../rooms/last-words.tsx'
import { RoomSheets } from '../rooms/room-sheets.tsx'
import { Saved } from '../saved/saved.tsx'
import { SearchBox } from '../search/search-box.tsx'
import { Settings } from '../settings/settings.tsx'
import { StatusSheet } from '../settings/status-sheet.tsx'
import { OneTimeLinkView } from '../sign-in/one-time-link.tsx'
import { Drafts } from '../talk/drafts-pane.tsx'
import { Threads } from '../threads/threads.tsx'
import { OpenPalette } from './palette.tsx'
import { Shortcuts } from './shortcuts-sheet.tsx'

/** What nobody sees first. Loaded in one file, by `later.tsx`. */
export const laterViews = {
  Admin,
  RoomSheets,
  Browse,
  Drafts,
  FirstSteps,
  ForYou,
  InvitePane,
  LastWords,
  OneTimeLinkView,
  OpenPalette,
  PersonCard,
  ReportSheet,
  Reports,
  Saved,
  SearchBox,
  Settings,
  Shortcuts,
  StatusSheet,
  Threads,
}
