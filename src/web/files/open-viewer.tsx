import { useMemo } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'
import { useStore } from '../ground/context.ts'
import { isBlocked } from '../people/people.ts'
import { type Viewed, viewableIn } from './viewable.ts'
import { Viewer } from './viewer.tsx'

type Props = { messages: readonly Message[]; viewed: Viewed; onClose: () => void }

/** Looks through the pictures of these messages. */
export function OpenViewer({ messages, viewed, onClose }: Props) {
  const { blocked } = useStore().state.value
  const pictures = useMemo(() => {
    const { seq } = viewed.message
    // One that is being sent is not in the room yet.
    const all = seq === 0 ? [...messages, viewed.message] : messages
    return viewableIn(all, (username) => isBlocked(blocked, username), seq)
  }, [messages, blocked, viewed])
  return <Viewer pictures={pictures} first={viewed.file.id} onClose={onClose} />
}
