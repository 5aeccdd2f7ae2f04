import type { Budget } from './budgets.ts'
import type { CommandName } from './commands.ts'
import type { Permit } from './route.ts'

/** What an API token needs for each command, and the budget that it spends from. A missing command is a compile error. */
export const commandRules: Record<CommandName, { permit: Permit; budget: Budget }> = {
  'room.subscribe': { permit: 'read', budget: 'subscribe' },
  'room.unsubscribe': { permit: 'read', budget: 'signal' },
  'room.join': { permit: 'write', budget: 'write' },
  'room.leave': { permit: 'write', budget: 'write' },
  'message.send': { permit: 'write', budget: 'message' },
  'message.edit': { permit: 'write', budget: 'write' },
  'message.delete': { permit: 'write', budget: 'write' },
  'message.list': { permit: 'read', budget: 'read' },
  'reaction.add': { permit: 'write', budget: 'write' },
  'reaction.remove': { permit: 'write', budget: 'write' },
  'pin.add': { permit: 'write', budget: 'write' },
  'pin.remove': { permit: 'write', budget: 'write' },
  'read.mark': { permit: 'write', budget: 'write' },
  'typing.start': { permit: 'write', budget: 'signal' },
  'presence.list': { permit: 'read', budget: 'read' },
  'direct.open': { permit: 'write', budget: 'create' },
  'session.renew': { permit: 'person', budget: 'signal' },
  ping: { permit: 'read', budget: 'signal' },
}
