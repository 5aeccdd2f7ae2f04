import { useEffect } from 'preact/hooks'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'

const shownMs = 8_000

/** One sentence at a time. A screen reader reads it; it hides after a while or by its button. */
export function Toast({ text, onClose }: { text: string | undefined; onClose: () => void }) {
  useEffect(() => {
    if (text === undefined) return
    const later = setTimeout(onClose, shownMs)
    return () => clearTimeout(later)
  }, [text])

  return (
    <div role="alert" class={text === undefined ? 'unseen' : 'toast'}>
      {text !== undefined && (
        <>
          <span>{text}</span>
          <button type="button" class="icon" aria-label={say('act.dismiss')} onClick={onClose}>
            <Icon of="close" />
          </button>
        </>
      )}
    </div>
  )
}
