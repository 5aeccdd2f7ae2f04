import { perServer, type Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import type { Language } from './languages.ts'
import { insertMail } from './store.ts'

/** With so many waiting, the mail server is away: more of them would only arrive too late. */
const mostQueued = 10_000

type NewMail = {
  kind: 'reset' | 'confirm' | 'device' | 'missed'
  user?: string
  address?: string
  /** Another of the same kind and name is not queued while this one waits. */
  once: string
  language: Language
  detail?: object
}

/** Wakes the sender of this node; another finds the mail at its next look. */
export const sender = perServer(() => ({ wake: () => {} }))

/**
 * Does nothing on a server that sends no mail. Pass the `sql` of a transaction to queue it with what it is about. Returns whether it was
 * queued: not if one of this name waits, or too many.
 */
export async function queueMail(tools: Tools, mail: NewMail, sql: Sql = tools.sql): Promise<boolean> {
  if (!tools.policy.mail) return false
  const { kind, user = null, address = null, language, detail = null } = mail
  const once = `${kind} ${mail.once}`
  const row = { id: tools.newId(), kind, userId: user, address, once, language, detail }
  const isQueued = await insertMail(sql, row, mostQueued)
  // After the commit of a transaction that may be around it.
  setTimeout(() => sender(tools).wake(), wakeMs).unref?.()
  return isQueued
}

const wakeMs = 50
