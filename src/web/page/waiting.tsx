import type { Status } from '../../sdk/state.ts'
import { Mark } from '../kit/mark.tsx'
import { say } from '../language/say.ts'

/** While the server is asked who we are: too short, as a rule, to say anything. */
export function Waiting({ status }: { status: Status }) {
  return (
    <main class="waiting" aria-busy="true">
      <Mark />
      <p role="status">{status === 'offline' && say('app.unreachable')}</p>
    </main>
  )
}
