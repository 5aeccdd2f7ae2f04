import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { say } from '../language/say.ts'
import { Icon } from './icon.tsx'

type Props = {
  title: string
  /** Called when it is closed by its button, by Escape, or by a click outside. */
  onClose: () => void
  /** Wide for lists; narrow for a question. */
  wide?: boolean
  children: ComponentChildren
}

/**
 * A modal sheet in the middle of the page, or at the bottom of a phone's screen. The browser keeps the focus inside.
 * The component that opens it renders it. To close it from inside, call `onClose`.
 */
export function Sheet({ title, onClose, wide, children }: Props) {
  const box = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const opener = document.activeElement
    // When the sheet is closed, the buttons of a message may be gone, but not the message.
    const around = opener?.parentElement?.closest('[tabindex]')
    const holders = holdersOf(opener)
    const sheet = box.current
    sheet?.showModal()
    // The browser returns the focus on `close`, but a sheet that is unmounted never fires it.
    return () => {
      const held = document.activeElement
      // If the focus has moved on since, it stays there.
      if (held !== document.body && !sheet?.contains(held)) return
      const back = opener?.isConnected ? opener : (around ?? nearest(holders))
      if (back instanceof HTMLElement) back.focus({ preventScroll: true })
    }
  }, [])

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key for it, and the dialog's own
    <dialog
      ref={box}
      class={wide ? 'sheet wide' : 'sheet'}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => event.target === box.current && onClose()}
    >
      <div class="sheet-body">
        <header>
          <h2 id={id} dir="auto">
            {title}
          </h2>
          <button type="button" class="icon" aria-label={say('act.close')} onClick={onClose}>
            <Icon of="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}

/** The ancestors of an element, the nearest first. */
function holdersOf(element: Element | null | undefined): Element[] {
  const holder = element?.parentElement
  return holder ? [holder, ...holdersOf(holder)] : []
}

/** When the line of the opener was removed too, the nearest ancestor that is left offers another control. */
const nearest = (holders: readonly Element[]): Element | null | undefined =>
  holders.find((each) => each.isConnected && each !== document.body)?.querySelector('button, a[href], input')
