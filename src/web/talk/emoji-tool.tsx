import { useRef, useState } from 'preact/hooks'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'
import { Picker } from '../text/emoji/picker.tsx'

/** Inserts an emoji into the text. Shown only with a real keyboard: on-screen keyboards have a key for it. */
export function EmojiTool({ onPick }: { onPick: (emoji: string) => void }) {
  const [picking, setPicking] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  return (
    <>
      <button
        ref={button}
        type="button"
        class="tool"
        aria-label={say('compose.emoji')}
        title={say('compose.emoji')}
        aria-haspopup="dialog"
        aria-expanded={picking}
        // Keeps the selection in the text.
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => setPicking(!picking)}
      >
        <Icon of="smile" />
      </button>
      {picking && (
        <Picker
          anchor={button.current}
          writing
          onClose={() => {
            setPicking(false)
            button.current?.focus({ preventScroll: true })
          }}
          onPick={(emoji) => {
            setPicking(false)
            onPick(emoji)
          }}
        />
      )}
    </>
  )
}
