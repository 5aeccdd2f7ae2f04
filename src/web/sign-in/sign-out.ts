import type { Store } from '../ground/store.ts'
import { say } from '../language/say.ts'

/** Asked first where something would be lost: who comes next to this browser must not find it. */
export async function signOut(store: Store): Promise<void> {
  const isUnsent = Object.values(store.state.value.rooms).some(({ pending }) => pending.length > 0)
  const sure =
    !isUnsent ||
    (await store.ask({
      title: say('signOut.title'),
      text: say('signOut.text'),
      action: say('door.signOut'),
    }))
  if (sure) store.door.signOut()
}
