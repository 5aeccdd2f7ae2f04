import { callHandler } from './call-handler.ts'
import { initialState, type State } from './state.ts'

export type Store = {
  get(): State
  set(next: State): void
  update(change: (state: State) => State): void
  /** Calls the listener after every change. */
  subscribe(listener: (state: State) => void): () => void
}

export function createStore(): Store {
  let state = initialState
  const listeners = new Set<(state: State) => void>()
  const set = (next: State) => {
    if (next === state) return
    state = next
    // A listener may change the state again. Those after it get the newest state, never an older one last.
    for (const listener of [...listeners]) callHandler(() => listener(state))
  }
  return {
    get: () => state,
    set,
    update: (change) => set(change(state)),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
