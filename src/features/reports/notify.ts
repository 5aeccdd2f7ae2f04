import type { UserEvent } from '../../protocol/events.ts'
import type { Tools } from '../../scope.ts'
import { listHandlers, type Reported } from './store.ts'

/**
 * Sends those who handle the reports about a message how many are open for them; its author handles none and hears nothing. A
 * number, not the change: a client that missed an event is right again with the next one. What somebody sees as an administrator goes only to sockets with that power.
 */
export async function sendOpenReports(tools: Tools, message: Reported): Promise<void> {
  for (const { id, admin, open } of await listHandlers(tools.sql, message)) {
    const event: UserEvent = { type: 'reports.changed', open }
    const text = JSON.stringify(event)
    tools.bus.publish({ to: 'user', user: id, text, ...(admin && { admins: true }) })
  }
}
