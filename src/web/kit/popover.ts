import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'

/** Closes a popover when the pointer is pressed outside of it and of its anchor, or when the window changes its size. */
export function useCloseOutside(
  popover: RefObject<HTMLElement | null>,
  anchor: HTMLElement | null,
  onClose: () => void,
): void {
  useEffect(() => {
    const closeIfOutside = (event: Event) => {
      const target = event.target as Node
      if (!popover.current?.contains(target) && !anchor?.contains(target)) onClose()
    }
    addEventListener('pointerdown', closeIfOutside)
    addEventListener('resize', onClose)
    return () => {
      removeEventListener('pointerdown', closeIfOutside)
      removeEventListener('resize', onClose)
    }
  }, [])
}

const gapPx = 4

export type Point = { x: number; y: number }

/** Below its anchor, or the point, and inside the window; above it if there is no space below. */
export function placeNear(popover: HTMLElement, anchor: HTMLElement, at?: Point): void {
  const from = at ? new DOMRect(at.x, at.y) : anchor.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = popover
  const below = from.bottom + gapPx + height <= innerHeight
  const top = below ? from.bottom + gapPx : Math.max(gapPx, from.top - gapPx - height)
  const isLeft = (document.documentElement.dir === 'rtl') === (at === undefined)
  const start = isLeft ? from.left : from.right - width
  const left = Math.min(Math.max(gapPx, start), innerWidth - width - gapPx)
  popover.style.top = `${top}px`
  popover.style.left = `${left}px`
}
