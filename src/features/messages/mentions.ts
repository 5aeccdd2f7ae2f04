import type { Scope } from '../../scope.ts'
import { mentionsIn } from '../../text/markdown/parse.ts'
import { openText } from '../log/seal.ts'
import type { KnownRoom } from '../rooms/known.ts'
import { sendToPerson } from '../rooms/send.ts'
import { findMentioned, readVersions } from './store.ts'

/** A message with more versions before an edit calls nobody any more: each edit reads all of them. */
const mostVersions = 100

/**
 * Sends an event to the sockets of members who are mentioned, where a reader sees their names. It runs after the commit and the
 * reply and may fail: clients find the message itself in the log.
 */
export function notifyMentioned(scope: Scope, room: KnownRoom, seq: number, content: string): void {
  void whileSending(scope, room, seq, () => sendTo(scope, room, seq, mentionsIn(content).names))
}

/** The same after an edit, for people whom no earlier version mentions. */
export function notifyNewlyMentioned(
  scope: Scope,
  room: KnownRoom,
  seq: number,
  edit: { seq: number; content: string },
): void {
  void whileSending(scope, room, seq, async () => {
    const { names } = mentionsIn(edit.content)
    if (names.size === 0) return
    const versions = await readVersions(scope.sql, { room: room.key, seq }, edit.seq, mostVersions + 1)
    if (versions.length > mostVersions) return
    for (const { body, ...facts } of versions) {
      // Deleted since.
      if (body === null) return
      for (const name of mentionsIn(openText(scope, facts, body).text).names) names.delete(name)
    }
    await sendTo(scope, room, seq, names)
  })
}

async function whileSending(
  scope: Scope,
  room: KnownRoom,
  seq: number,
  send: () => Promise<void>,
): Promise<void> {
  try {
    await send()
  } catch (error) {
    scope.log.warn('the events of mentions could not be sent', { room: room.key, seq, error })
  }
}

async function sendTo(scope: Scope, room: KnownRoom, seq: number, names: ReadonlySet<string>): Promise<void> {
  if (names.size === 0) return
  for (const user of await findMentioned(scope.sql, room.key, scope.actor.id, [...names])) {
    sendToPerson(scope, room, user, {
      type: 'mention.created',
      room: room.id,
      seq,
      actor: scope.actor.username,
    })
  }
}
