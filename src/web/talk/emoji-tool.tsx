import { useRef, useState } from 'preact/hooks'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'
import { Picker } from '../text/emoji/picker.tsx'

/** Puts an emoji among the words. A keyboard on the glass has a key of its own for that. */
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
        // What is selected in the text stays so.
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
