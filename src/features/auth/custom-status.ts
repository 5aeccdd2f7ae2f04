import type { CustomStatus } from '../../protocol/profile.ts'
import type { Person, Tools } from '../../scope.ts'
import { isReaction } from '../../text/emoji.ts'
import { isInstant } from '../../text/instant.ts'
import { shownName } from '../../text/names.ts'

/**
 * A stored status as others see it. Nothing happens when one ends: it is no longer there from that moment. The person who makes a
 * backup can write anything into it, so what no request could have set is left out.
 */
export function statusAt(stored: CustomStatus | null | undefined, now: Date): CustomStatus | null {
  if (typeof stored !== 'object' || stored === null) return null
  const { emoji, text, until } = stored
  const shown = typeof text === 'string' ? shownName(text) : ''
  const isLasting =
    until === undefined || (typeof until === 'string' && isInstant(until) && new Date(until) > now)
  const status: CustomStatus = {
    ...(typeof emoji === 'string' && isReaction(emoji) ? { emoji } : {}),
    ...(shown === '' ? {} : { text: shown }),
  }
  if (!isLasting || Object.keys(status).length === 0) return null
  return until === undefined ? status : { ...status, until }
}

export const isSameStatus = (one: CustomStatus | null, other: CustomStatus | null): boolean =>
  one?.emoji === other?.emoji && one?.text === other?.text && one?.until === other?.until

export function presentStatus(
  { clock }: Pick<Tools, 'clock'>,
  { customStatus }: Pick<Person, 'customStatus'>,
): { custom_status?: CustomStatus } {
  // Most have none.
  const status = customStatus === null ? null : statusAt(customStatus, clock())
  return status === null ? {} : { custom_status: status }
}
