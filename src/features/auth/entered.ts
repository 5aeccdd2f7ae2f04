import { type Person, perServer, type Tools } from '../../scope.ts'

/** Somebody has signed in. */
export type Entering = {
  person: Person
  request: Request
  /** `new_device`: the account has not signed in there before, as far as the request says. */
  on: 'new_account' | 'known_device' | 'new_device'
}

const listeners = perServer((): ((entering: Entering) => Promise<void>)[] => [])

export const onEntered = (tools: Tools, listener: (entering: Entering) => Promise<void>): void =>
  void listeners(tools).push(listener)

/** Nobody is kept out because a listener failed. */
export async function notifyEntered(tools: Tools, entering: Entering): Promise<void> {
  for (const listener of listeners(tools))
    await listener(entering).catch((error) => tools.log.warn('a sign-in was not reported', { error }))
}
