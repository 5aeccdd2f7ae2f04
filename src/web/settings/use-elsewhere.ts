import { useRef } from 'preact/hooks'

/**
 * For a form of what another device may change: `key` is another one after such a change, so that the form is drawn again. Your own
 * save must not do that: the form would lose its "Saved.". Its event may come before its response or after it.
 */
export function useElsewhere(shown: string) {
  const { current: memory } = useRef({ shown, key: 0, saving: false, own: undefined as string | undefined })
  if (shown !== memory.shown) {
    memory.shown = shown
    if (!memory.saving && shown !== memory.own) {
      memory.key++
      memory.own = undefined
    }
  }
  return {
    key: memory.key,
    /** `act` returns what is to be shown after it. */
    async save(act: () => Promise<string>): Promise<void> {
      memory.saving = true
      try {
        memory.own = await act()
      } finally {
        memory.saving = false
      }
    },
  }
}
