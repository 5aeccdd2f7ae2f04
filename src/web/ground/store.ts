import type { ReadonlySignal, Signal } from '@preact/signals'
import type { Community } from '../../protocol/community.ts'
import type { State } from '../../sdk/state.ts'
import type { AdminActs } from '../admin/acts.ts'
import type { FileActs } from '../files/acts.ts'
import type { MentionActs } from '../mentions/acts.ts'
import type { PeopleActs } from '../people/acts.ts'
import type { MemberActs } from '../people/member-acts.ts'
import type { PushActs } from '../push/acts.ts'
import type { ReportActs } from '../reports/acts.ts'
import type { RoomActs } from '../rooms/acts.ts'
import type { ExportActs } from '../rooms/export-acts.ts'
import type { LastActs } from '../rooms/last-acts.ts'
import type { WebhookActs } from '../rooms/webhook-acts.ts'
import type { SavedActs } from '../saved/acts.ts'
import type { SearchActs } from '../search/acts.ts'
import type { AccountActs } from '../settings/acts.ts'
import type { TokenActs } from '../settings/token-acts.ts'
import type { SignInActs } from '../sign-in/acts.ts'
import type { TalkActs } from '../talk/acts.ts'
import type { ThreadActs } from '../threads/acts.ts'
import type { Question } from './questions.ts'
import type { Route } from './route.ts'

/*
 * The only file of ground that names other places, by type alone: a view of one place may use the acts of every place,
 * and all views get them from here. `page/open-store.ts` puts them together.
 */

/** Whether the page is still asking who you are, shows the sign-in, or the rooms. */
export type Stage = 'asking' | 'sign-in' | 'rooms'

/** What every view can read and do. A view keeps no other state than that of its own controls. */
export type Store = {
  readonly stage: ReadonlySignal<Stage>
  readonly state: ReadonlySignal<State>
  /** What the address bar says. */
  readonly route: ReadonlySignal<Route>
  go(address: string): void
  /** The room in the address bar. */
  readonly room: ReadonlySignal<string | undefined>
  /** How the community is called and looks; without a name of its own, by that of the program. */
  readonly community: ReadonlySignal<Community & { name: string }>
  /** Whether the page may be in view. Messages are marked as read only then. */
  readonly visible: ReadonlySignal<boolean>
  /** Why the session has ended, for the sign-in. */
  readonly farewell: ReadonlySignal<string | undefined>
  /** The sentence of the toast: an error, or that something is done. */
  readonly toast: Signal<string | undefined>
  readonly question: ReadonlySignal<Question | undefined>
  /** Asks before something that cannot be undone; resolves to whether to go on. */
  ask(question: Omit<Question, 'answer'>): Promise<boolean>
  /** What is open over every view. */
  readonly overlay: Signal<'palette' | 'search' | 'shortcuts' | 'status' | undefined>
  reconnect(): void
  /** What you typed into forms and search fields and did not send, by the name of the form and of the field. */
  readonly typed: Map<string, ReadonlyMap<string, string>>

  readonly signIn: SignInActs
  readonly files: FileActs
  readonly talk: TalkActs
  readonly rooms: RoomActs
  readonly last: LastActs
  readonly webhooks: WebhookActs
  readonly exports: ExportActs
  readonly people: PeopleActs
  readonly members: MemberActs
  readonly account: AccountActs
  readonly tokens: TokenActs
  readonly admin: AdminActs
  readonly reports: ReportActs
  readonly search: SearchActs
  readonly mentions: MentionActs
  readonly push: PushActs
  readonly threads: ThreadActs
  readonly saved: SavedActs
}
