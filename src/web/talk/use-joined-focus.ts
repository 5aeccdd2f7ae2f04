import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/**
 * A deleted message loses its line to the one before it that is deleted too. If it had the focus, that line gets it: the keyboard
 * would start at the top of the page otherwise. Returns what hears of the focus.
 */
export function useJoinedFocus(box: RefObject<HTMLElement | null>) {
  const held = useRef<string>(undefined)
  useLayoutEffect(() => {
    if (held.current === undefined || document.activeElement !== document.body) return
    const place = box.current?.querySelector(`li [data-seq="${held.current}"]`)
    if (!place) return
    held.current = undefined
    place.closest('li')?.focus({ preventScroll: true })
  })
  return (event: FocusEvent) => {
    held.current = (event.target as Element).closest<HTMLElement>('li[data-seq]')?.dataset.seq
  }
}
