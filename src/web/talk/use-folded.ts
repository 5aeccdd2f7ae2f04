import { useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { isBlocked } from '../people/people.ts'

/** Whether what this person wrote is folded, because you have blocked them, and what opens it here. */
export function useFolded(username: string): [hidden: boolean, show: () => void] {
  const { people } = useStore()
  const [shown, setShown] = useState(false)
  return [!shown && isBlocked(people.blocked.value, username), () => setShown(true)]
}
