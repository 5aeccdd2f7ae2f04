import { useRef, useState } from 'preact/hooks'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'
import { Picker } from '../text/emoji/picker.tsx'

/** Shows an emoji, and chooses another one. */
export function EmojiButton({ emoji, onPick }: { emoji: string; onPick: (emoji: string) => void }) {
  const [picking, setPicking] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const close = () => {
    setPicking(false)
    button.current?.focus({ preventScroll: true })
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        class="icon"
        aria-label={say('compose.emoji')}
        aria-haspopup="dialog"
        aria-expanded={picking}
        onClick={() => setPicking(!picking)}
      >
        {emoji || <Icon of="smile" />}
      </button>
      {picking && (
        <Picker
          anchor={button.current}
          writing
          onClose={close}
          onPick={(picked) => {
            onPick(picked)
            close()
          }}
        />
      )}
    </>
  )
}
