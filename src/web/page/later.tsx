import { signal } from '@preact/signals'
import type { FunctionComponent } from 'preact'
import { say } from '../language/say.ts'
import type { laterViews } from './later-views.ts'

type Views = typeof laterViews

const loaded = signal<Views | undefined>(undefined)
const againMs = 5000

/** Loads the views that the first one does not need, as soon as that one is there. Without a connection it tries again. */
export async function loadLaterViews(): Promise<void> {
  try {
    loaded.value = (await import('./later-views.ts')).laterViews
  } catch {
    setTimeout(() => void loadLaterViews(), againMs)
  }
}

const Moment = () => (
  <main class="pane" aria-busy="true">
    <p role="status" class="pane-body">
      {say('app.moment')}
    </p>
  </main>
)

function later<Name extends keyof Views>(name: Name, Meanwhile: FunctionComponent = Moment): Views[Name] {
  const Later: FunctionComponent<object> = (props) => {
    const View = loaded.value?.[name] as FunctionComponent<object> | undefined
    return View ? <View {...props} /> : <Meanwhile />
  }
  return Later as Views[Name]
}

export const Admin = later('Admin')
export const Browse = later('Browse')
export const Drafts = later('Drafts')
export const ForYou = later('ForYou')
export const InvitePane = later('InvitePane')
export const OneTimeLinkView = later('OneTimeLinkView')
export const Reports = later('Reports')
export const Saved = later('Saved')
export const Settings = later('Settings')
export const Threads = later('Threads')
/** Keeps the height of its line. */
export const LastWords = later('LastWords', () => <span class="last-words" />)
/** Comes when it is known what is missing. */
export const FirstSteps = later('FirstSteps', () => null)
/** Sheets over what is there. */
export const OpenPalette = later('OpenPalette', () => null)
export const PersonCard = later('PersonCard', () => null)
export const ReportSheet = later('ReportSheet', () => null)
export const RoomSheets = later('RoomSheets', () => null)
export const SearchBox = later('SearchBox', () => null)
export const Shortcuts = later('Shortcuts', () => null)
export const StatusSheet = later('StatusSheet', () => null)
