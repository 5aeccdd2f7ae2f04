import { useEffect, useRef } from 'preact/hooks'

const heldMs = 500
const slipPx = 10

/** A finger that stays in place: neither a tap nor the start of scrolling. */
export function useLongPress(onHold: (on: Element) => void) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number }>(undefined)
  const release = () => {
    clearTimeout(press.current?.timer)
    press.current = undefined
  }
  useEffect(() => release, [])
  return {
    onPointerDown(event: PointerEvent) {
      release()
      // A link has its own menu for a long press. Other buttons are not excluded: browsers choose them for touches near them.
      const target = event.target as Element
      if (event.pointerType !== 'touch' || target.closest('a, [role=toolbar]')) return
      const timer = setTimeout(() => {
        release()
        swallowClick()
        onHold(target)
      }, heldMs)
      press.current = { timer, x: event.clientX, y: event.clientY }
    },
    onPointerMove(event: PointerEvent) {
      const from = press.current
      if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > slipPx) release()
    },
    onPointerUp: release,
    onPointerCancel: release,
  }
}

const graceMs = 50

/** When the finger is lifted, some browsers send a click to the sheet that the long press has opened. */
function swallowClick(): void {
  const swallow = (event: MouseEvent) => {
    if ((event as PointerEvent).pointerType !== 'touch') return
    event.stopPropagation()
    event.preventDefault()
  }
  addEventListener('click', swallow, { capture: true })
  const stop = () => removeEventListener('click', swallow, { capture: true })
  for (const end of ['pointerup', 'pointercancel'])
    addEventListener(end, () => setTimeout(stop, graceMs), { once: true })
  // The next finger means what it touches, however soon it comes.
  addEventListener('pointerdown', stop, { capture: true, once: true })
}
