import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'

const shownMs = 8_000

/** One sentence at a time. A screen reader reads it; it hides after a while or by its button. */
export function Toast({ text, onClose }: { text: string | undefined; onClose: () => void }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (text === undefined) return
    // A popover, because a sheet that is open would hide anything else; shown again, it is above that sheet too.
    box.current?.hidePopover?.()
    box.current?.showPopover?.()
    const later = setTimeout(onClose, shownMs)
    return () => clearTimeout(later)
  }, [text])

  return (
    <div role="alert" class="toasts">
      {text !== undefined && (
        <div ref={box} popover="manual" class="toast">
          <span>{text}</span>
          <button type="button" class="icon" aria-label={say('act.dismiss')} onClick={onClose}>
            <Icon of="close" />
          </button>
        </div>
      )}
    </div>
  )
}
