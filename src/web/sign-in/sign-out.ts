import type { Store } from '../ground/store.ts'
import { say } from '../language/say.ts'

/** Asks first when messages are unsent: they are deleted, so that the next person at this browser does not find them. */
export async function signOut(store: Store): Promise<void> {
  const isUnsent =
    store.talk.parcels.value.length > 0 ||
    Object.values(store.state.value.rooms).some(({ pending }) => pending.length > 0)
  const sure =
    !isUnsent ||
    (await store.ask({
      title: say('signOut.title'),
      text: say('signOut.text'),
      action: say('signIn.signOut'),
    }))
  if (sure) store.signIn.signOut()
}
