import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

type Dialog = {
  ref: RefObject<HTMLDialogElement | null>
  onClose: () => void
  onClick: (event: MouseEvent) => void
}

/**
 * The props of a modal dialog in which people type at once: it opens before the next key, a click outside closes it, and then the focus
 * is where it was.
 */
export function useDialog(onClose: () => void): Dialog {
  const ref = useRef<HTMLDialogElement>(null)
  // In a layout effect, before the next key: otherwise fast typing would go into the page below.
  useLayoutEffect(() => {
    const opener = document.activeElement
    ref.current?.showModal()
    // After the dialog is removed: elements below an open dialog cannot get the focus.
    return () => queueMicrotask(() => opener instanceof HTMLElement && opener.focus({ preventScroll: true }))
  }, [])
  return { ref, onClose, onClick: (event) => event.target === ref.current && onClose() }
}
