import { aside } from './call-handler.ts'
import { initialState, type State } from './state.ts'

export type Store = {
  get(): State
  set(next: State): void
  update(change: (state: State) => State): void
  /** Told after every change; the state is read from `get`. */
  subscribe(listener: (state: State) => void): () => void
}

export function createStore(): Store {
  let state = initialState
  const listeners = new Set<(state: State) => void>()
  const set = (next: State) => {
    if (next === state) return
    state = next
    // A listener may change the state again: those after it get the newest, never an older one last.
    for (const listener of [...listeners]) aside(() => listener(state))
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
