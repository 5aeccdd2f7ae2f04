import { ChatError } from '../../protocol/errors.ts'
import { type Acting, isAdmin, type Pass, perServer, type Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'

const mostTries = 20

/** What is being stored at this moment. */
const underWay = perServer(() => new Set<Promise<unknown>>())

/**
 * Asks the gate again and begins `act` in the same tick, so that no right is used after its loss. From then on `act` is
 * under way: a loss that comes later waits for it (`settled`).
 */
export function redeem<Held, Result>(
  tools: Tools,
  pass: Pass<Held>,
  act: (held: Held) => Promise<Result>,
): Promise<Result> {
  return track(tools, async () => {
    for (let tries = 0; tries < mostTries; tries++) {
      const held = pass.recheck()
      if (!(held instanceof Promise)) return act(held)
      await held
    }
    throw new ChatError('room_busy', { retryAfterMs: 500 })
  })
}

export function track<Result>(tools: Tools, store: () => Promise<Result>): Promise<Result> {
  const all = underWay(tools)
  const storing = store().finally(() => all.delete(storing))
  all.add(storing)
  return storing
}

/**
 * Resolves when everything that is under way now is stored or refused. A verb that takes a right away announces the loss
 * first and then waits here, so that nothing is stored with that right after the reply. Never call it inside of `redeem`.
 */
export async function settled(tools: Tools): Promise<void> {
  await Promise.allSettled([...underWay(tools)])
}

/** The operator needs no permission. */
export const operatorsPass: Pass<undefined> = { recheck: () => undefined }

/** What an act outside of rooms needs: a session, or the powers of an administrator. */
export type Power = 'self' | 'admin'

/** Runs a transaction if the actor still has this power when it begins. The operator always has it. */
export function actAs<Result>(
  acting: Acting,
  power: Power,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> {
  return redeem(acting, passWith(acting, power), () => acting.sql.transaction(work))
}

export function passWith(acting: Acting, power: Power): Pass<undefined> {
  if (acting.actor === undefined) return operatorsPass
  return {
    recheck() {
      const signedIn = acting.recheck()
      if (signedIn === undefined && power === 'admin' && !isAdmin(acting)) throw new ChatError('admins_only')
      return signedIn
    },
  }
}
