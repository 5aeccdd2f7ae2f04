import { canonicalJson } from '../../crypto/chain.ts'
import { type Detail, kindNumbers } from './entry.ts'

/** What an entry says apart from its text. It never changes. */
export type Facts = {
  roomKey: number
  seq: number
  kind: number
  actorId: string
  at: Date
  target: number | null
  replyTo: number | null
  clientId: string | null
  detail: Detail | null
}

const edited = kindNumbers['message.edited']

/**
 * One text for one set of facts. The detail of an edit is not in it: it is removed together with the text when the
 * message is deleted, so it is bound by the seal of that text instead.
 */
export function writeFacts(facts: Facts): string {
  const { roomKey, seq, kind, actorId, at, target, replyTo, clientId, detail } = facts
  const client = clientId === null ? '' : JSON.stringify(clientId)
  const rest = detail === null || kind === edited ? '' : canonicalJson(detail)
  return `${roomKey}|${seq}|${kind}|${actorId}|${at.getTime()}|${target ?? ''}|${replyTo ?? ''}|${client}|${rest}`
}

/** Where the text of an entry belongs: it opens only there. */
export function placeOf(facts: Facts, written = writeFacts(facts)): string {
  const detail = facts.kind === edited && facts.detail !== null ? canonicalJson(facts.detail) : ''
  return `entry|${written}|${detail}`
}

/** The same in the first form of sealed texts, which knew only of the place and the author. */
export const oldPlaceOf = ({ roomKey, seq, actorId }: Facts): string => `message|${roomKey}|${seq}|${actorId}`
