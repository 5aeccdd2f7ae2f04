import type { Tools } from '../../scope.ts'
import { onMade } from '../auth/signup.ts'
import { recordAct } from './record.ts'

/** Accounts come before the audit in the line of features, so they only tell; the operator's are recorded too. */
export function recordAccounts(tools: Tools): void {
  onMade(tools, async ({ person, by }) => {
    const detail = { role: person.admin ? 'admin' : 'user' }
    const actor = by === undefined ? {} : { actor: by }
    await recordAct(tools, { ...actor, action: 'user.created', subject: person.id, detail })
  })
}
