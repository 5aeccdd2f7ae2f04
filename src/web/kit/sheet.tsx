import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { say } from '../language/say.ts'
import { Icon } from './icon.tsx'

type Props = {
  title: string
  /** Called however it is closed: by its button, by Escape, by a click beside it. */
  onClose: () => void
  /** Wide for lists, narrow for a question. */
  wide?: boolean
  children: ComponentChildren
}

/**
 * A modal sheet in the middle of the page, at the foot of a phone's. The browser keeps the focus inside and gives it back.
 * What opens it renders it; what closes it from within calls `onClose`.
 */
export function Sheet({ title, onClose, wide, children }: Props) {
  const box = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const opener = document.activeElement
    // The buttons beside a message are gone by the time the sheet is; the message is not.
    const around = opener?.parentElement?.closest('[tabindex]')
    const holders = holdersOf(opener)
    const sheet = box.current
    sheet?.showModal()
    // The browser gives the focus back at `close`, but a sheet that is unmounted never closes.
    return () => {
      const held = document.activeElement
      // Who has gone on by then is not called back.
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

/** What an element stands in, from the inside out. */
function holdersOf(element: Element | null | undefined): Element[] {
  const holder = element?.parentElement
  return holder ? [holder, ...holdersOf(holder)] : []
}

/** Who was removed takes their line along: then it is the next best in the list, or in what holds the list. */
const nearest = (holders: readonly Element[]): Element | null | undefined =>
  holders.find((each) => each.isConnected && each !== document.body)?.querySelector('button, a[href], input')
