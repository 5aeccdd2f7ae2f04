import { useEffect, useRef } from 'preact/hooks'

const heldMs = 500
const slipPx = 10

/** A finger that stays: not a tap, and not the beginning of a scroll. */
export function useHold(onHold: () => void) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number }>(undefined)
  const release = () => {
    clearTimeout(press.current?.timer)
    press.current = undefined
  }
  useEffect(() => release, [])
  return {
    onPointerDown(event: PointerEvent) {
      release()
      // A link has a menu of its own for this. A button does not: a browser takes it for the target of a touch beside it.
      if (event.pointerType !== 'touch' || (event.target as Element).closest('a, [role=toolbar]')) return
      const timer = setTimeout(() => {
        release()
        swallowClick()
        onHold()
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

/** When the finger is lifted, some browsers take it for a tap, on what the hold has opened in the meantime. */
function swallowClick(): void {
  const swallow = (event: MouseEvent) => {
    if ((event as PointerEvent).pointerType !== 'touch') return
    event.stopPropagation()
    event.preventDefault()
  }
  addEventListener('click', swallow, { capture: true })
  const lifted = () => setTimeout(() => removeEventListener('click', swallow, { capture: true }), graceMs)
  for (const end of ['pointerup', 'pointercancel']) addEventListener(end, lifted, { once: true })
}
