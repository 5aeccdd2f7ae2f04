import { useState } from 'preact/hooks'
import { isBlocked } from '../people/people.ts'
import { useBlocked } from '../people/use-blocked.ts'

/** Whether what this person wrote is folded, because you have blocked them, and what opens it here. */
export function useFolded(username: string): [hidden: boolean, show: () => void] {
  const blocked = useBlocked()
  const [shown, setShown] = useState(false)
  return [!shown && isBlocked(blocked, username), () => setShown(true)]
}
