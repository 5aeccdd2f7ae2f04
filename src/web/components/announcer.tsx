import { useEffect, useRef, useState } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'

/** `head` once the room is live: what was there by then is history, and not news. */
type Props = { messages: readonly Message[]; head: number | undefined; me: string | undefined }

/**
 * Reads new messages of others to a screen reader. A live region of its own, because one around the whole log would
 * also read out every page of history.
 */
export function Announcer({ messages, head, me }: Props) {
  const heard = useRef<number>(undefined)
  const [text, setText] = useState('')
  useEffect(() => {
    if (head === undefined) return
    const before = heard.current ?? head
    heard.current = head
    const fresh = messages.filter(
      (message) => message.seq > before && message.author.username !== me && !message.deleted_at,
    )
    if (fresh.length > 3) setText(`${fresh.length} new messages`)
    else if (fresh.length > 0)
      setText(fresh.map(({ author, content }) => `${author.display_name}: ${content}`).join('. '))
  }, [messages, head, me])
  return (
    <div class="unseen" role="status" aria-live="polite">
      {text}
    </div>
  )
}
