import { useComputed } from '@preact/signals'
import type { State } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'

/** The usernames of the people you have blocked. The component is drawn again when these change, not with every event. */
export function useBlocked(): State['blocked'] {
  const { state } = useStore()
  return useComputed(() => state.value.blocked).value
}
