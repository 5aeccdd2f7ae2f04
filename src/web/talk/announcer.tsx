import { useEffect, useRef, useState } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'
import { indexFrom } from '../../sdk/by-seq.ts'
import { beginningOf } from '../../text/cut.ts'
import { useStore } from '../ground/context.ts'
import { say } from '../language/say.ts'
import { wordsOf } from '../language/words-of.ts'
import { isBlocked } from '../people/people.ts'

/** `head` once the room is open: earlier messages are not read aloud. */
type Props = { messages: readonly Message[]; head: number | undefined; me: string | undefined }

const pauseMs = 600
const most = 3
const longest = 200

/**
 * Gives new messages of others to a screen reader, gathered for a moment; of many, only the number. It is a live region
 * of its own, because one around the whole log would also read every page of history.
 */
export function Announcer({ messages, head, me }: Props) {
  const { state } = useStore()
  const announced = useRef<number>(undefined)
  const latest = useRef({ messages, head, me })
  latest.current = { messages, head, me }
  const soon = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [text, setText] = useState('')

  const announce = () => {
    soon.current = undefined
    const now = latest.current
    const fresh = now.messages
      .slice(indexFrom(now.messages, (announced.current ?? 0) + 1))
      .filter((message) => message.author.username !== now.me && !message.deleted_at)
      .filter((message) => !isBlocked(state.value.blocked, message.author.username))
    announced.current = now.head
    if (fresh.length > most) setText(say('news.many', { n: fresh.length }))
    else if (fresh.length > 0) setText(fresh.map(spoken).join('\n'))
  }
  useEffect(() => {
    if (head === undefined) return
    announced.current ??= head
    if (head !== announced.current) soon.current ??= setTimeout(announce, pauseMs)
  }, [head])
  useEffect(() => () => clearTimeout(soon.current), [])

  return (
    <div class="unseen" role="status" aria-live="polite">
      {text}
    </div>
  )
}

const spoken = (message: Message) => {
  const words = wordsOf(message)
  return `${message.author.display_name}: ${words.length > longest ? `${beginningOf(words, longest)}…` : words}`
}
