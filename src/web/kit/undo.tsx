import { useEffect, useRef } from 'preact/hooks'
import { say } from '../language/say.ts'

/** In the place of something that one press has removed. It gets the focus that went with the pressed button. */
export function Undo({ text, onUndo }: { text: string; onUndo: () => void }) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (document.activeElement === document.body) button.current?.focus()
  }, [])
  return (
    <p class="hint undo" role="status">
      {text}
      <button ref={button} type="button" class="quiet" onClick={onUndo}>
        {say('act.undo')}
      </button>
    </p>
  )
}
