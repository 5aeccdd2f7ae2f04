import { createMessageCipher, Tampered } from '../../crypto/messages.ts'
import { invalidField } from '../../protocol/errors.ts'
import { perServer, type Scope } from '../../scope.ts'

/** A place in the order of all results: newest first, and of one moment by room and seq. */
export type Spot = { at: number; roomKey: number; seq: number }

export const startSpot: Spot = { at: Date.UTC(9999, 0), roomKey: 0, seq: 0 }

const ciphers = perServer(({ policy }) =>
  createMessageCipher({ current: { id: 'c', key: Buffer.from(policy.keyFor('search cursor')) }, older: [] }),
)

/** Sealed, because the keys of rooms say how many there are. */
export const writeCursor = (scope: Scope, { at, roomKey, seq }: Spot): string =>
  ciphers(scope).seal(`${at} ${roomKey} ${seq}`, scope.actor.id)

export function readCursor(scope: Scope, cursor: string | undefined): Spot {
  if (cursor === undefined) return startSpot
  try {
    const [at, roomKey, seq] = ciphers(scope).open(cursor, scope.actor.id).split(' ').map(Number)
    return { at: at!, roomKey: roomKey!, seq: seq! }
  } catch (error) {
    if (error instanceof Tampered) throw invalidField('/cursor', 'cursor_wrong')
    throw error
  }
}
