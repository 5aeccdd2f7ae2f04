import type { Tools } from '../../scope.ts'
import { onAccountCreated } from '../auth/signup.ts'
import { recordAct } from './record.ts'

/** `auth` may not import `audit`, which comes after it in the order of features, so it calls this listener. An action of the operator has no actor. */
export function recordAccounts(tools: Tools): void {
  onAccountCreated(tools, async (person) => {
    const detail = { role: person.admin ? 'admin' : 'user' }
    await recordAct(tools, { action: 'user.created', subject: person.id, detail })
  })
}
