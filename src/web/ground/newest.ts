import type { Client } from '../../sdk/client.ts'

/**
 * For a list that is loaded again whenever it may have changed: the response to an older request never replaces that to a newer one, and
 * what comes after somebody else has signed in is dropped.
 */
export function createNewest(client: () => Client) {
  let asked = 0
  let had = 0
  return async <Loaded>(
    ask: (client: Client) => Promise<Loaded>,
    put: (loaded: Loaded) => void,
  ): Promise<void> => {
    const mine = client()
    const turn = ++asked
    const loaded = await ask(mine)
    if (turn < had || mine !== client()) return
    had = turn
    put(loaded)
  }
}
