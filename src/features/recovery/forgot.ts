import type { Tools } from '../../scope.ts'
import { take } from '../auth/limits.ts'
import type { Language } from '../mail/languages.ts'
import { queueMail } from '../mail/queue.ts'

/**
 * Queues the address and looks for nobody: whether an account has it is asked when the mail is sent. So response and work are the
 * same for every address.
 */
export async function forgot(tools: Tools, email: string, language: Language): Promise<void> {
  // Nobody's mailbox is filled, and nobody learns that it was: the response stays the same.
  if (take(tools, 'forgot_email', email) !== undefined) return
  await queueMail(tools, { kind: 'reset', address: email, once: email, language })
}
