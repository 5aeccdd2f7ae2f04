import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { hasKeyboard } from '../media.ts'
import { Icon } from './icon.tsx'

type Props = {
  title: string
  limit: number
  draft: string
  onDraft: (text: string) => void
  onSend: (text: string) => void
  onTyping: () => void
}

/** Enter sends, Shift-Enter makes a new line; the box grows with its words. */
export function Composer({ title, limit, draft, onDraft, onSend, onTyping }: Props) {
  const id = useId()
  const [text, setText] = useState(draft)
  const over = text.length - limit
  const ready = text.trim() !== '' && over <= 0

  const box = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (hasKeyboard()) box.current?.focus()
  }, [])

  const write = (next: string) => {
    setText(next)
    onDraft(next)
  }
  const send = () => {
    if (!ready) return
    onSend(text)
    write('')
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <label class="unseen" for={id}>
        Message to {title}
      </label>
      <div class="grow" data-text={text}>
        <textarea
          ref={box}
          id={id}
          rows={1}
          dir="auto"
          placeholder={`Message to ${title}`}
          enterkeyhint="send"
          autocomplete="off"
          value={text}
          onInput={(event) => {
            write(event.currentTarget.value)
            onTyping()
          }}
          onKeyDown={(event) => {
            // While an input method composes a character, Enter belongs to it.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
            event.preventDefault()
            send()
          }}
        />
      </div>
      {over > 0 && (
        <output class="over" aria-live="polite">
          {over} too many
        </output>
      )}
      <button type="submit" class="icon send" aria-label="Send" disabled={!ready}>
        <Icon of="send" />
      </button>
    </form>
  )
}
