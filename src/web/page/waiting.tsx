import type { Status } from '../../sdk/state.ts'
import { Mark } from '../kit/mark.tsx'
import { say } from '../language/say.ts'

/** Shown while the page asks the server who is signed in: usually too short for a sentence. */
export function Waiting({ status }: { status: Status }) {
  return (
    <main class="waiting" aria-busy="true">
      <Mark />
      <p role="status">{status === 'offline' && say('app.unreachable')}</p>
    </main>
  )
}
