import type { RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

const most = 8
const step = 1.5
/** A double click or tap. */
const close = 2.5
/** So far a finger swipes to the next picture, or down to close. */
const swipePx = 60
const slipPx = 8

type Point = { x: number; y: number }
type Ways = { onSwipe: (by: 1 | -1) => void; onClose: () => void }

const none = { scale: 1, x: 0, y: 0 }

/**
 * Zooms and moves a picture: by wheel, by two fingers, by a double click and by keys. At its own size one finger swipes to the next
 * one, or down to close.
 */
export function useZoom(picture: RefObject<HTMLElement | null>, key: string, { onSwipe, onClose }: Ways) {
  const view = useRef(none)
  const [scale, setScale] = useState(1)
  const fingers = useRef(new Map<number, Point>())
  const begun = useRef<{ at: Point; far: number; moved: boolean; many: boolean }>(undefined)

  const show = (to: typeof none, dragged = { x: 0, y: 0 }) => {
    const at = picture.current
    view.current = to
    if (at) at.style.transform = `translate(${to.x + dragged.x}px, ${to.y + dragged.y}px) scale(${to.scale})`
    setScale(to.scale)
  }
  useLayoutEffect(() => show(none), [key])

  /** Keeps the point under the pointer where it is, and the picture in view. */
  const zoomTo = (wanted: number, at?: Point) => {
    const stage = picture.current?.parentElement?.getBoundingClientRect()
    if (!stage) return
    const next = Math.min(most, Math.max(1, wanted))
    const { scale: now, x, y } = view.current
    const from = at
      ? { x: at.x - stage.left - stage.width / 2, y: at.y - stage.top - stage.height / 2 }
      : { x: 0, y: 0 }
    const factor = next / now
    show(held(next, { x: from.x - (from.x - x) * factor, y: from.y - (from.y - y) * factor }))
  }
  const held = (to: number, { x, y }: Point) => {
    const at = picture.current
    const stage = at?.parentElement
    if (to === 1 || !at || !stage) return { scale: to, x: 0, y: 0 }
    const bound = (of: number, space: number) => Math.max(0, (of * to - space) / 2)
    const [right, down] = [
      bound(at.offsetWidth, stage.clientWidth),
      bound(at.offsetHeight, stage.clientHeight),
    ]
    return { scale: to, x: Math.min(right, Math.max(-right, x)), y: Math.min(down, Math.max(-down, y)) }
  }
  const moveBy = (x: number, y: number) => {
    const { scale: now, x: wasX, y: wasY } = view.current
    show(held(now, { x: wasX + x, y: wasY + y }))
  }

  const spread = (): { middle: Point; far: number } => {
    const [one, other = one] = [...fingers.current.values()] as [Point, Point?]
    const middle = { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 }
    return { middle, far: Math.hypot(one.x - other.x, one.y - other.y) }
  }
  const begin = () => {
    const { middle, far } = spread()
    begun.current = { at: middle, far, moved: begun.current?.moved ?? false, many: fingers.current.size > 1 }
  }

  return {
    scale,
    zoomIn: () => zoomTo(view.current.scale * step),
    zoomOut: () => zoomTo(view.current.scale / step),
    whole: () => zoomTo(1),
    moveBy,
    /** Whether the last press moved something. */
    moved: () => begun.current?.moved ?? false,
    handlers: {
      onWheel(event: WheelEvent) {
        event.preventDefault()
        zoomTo(view.current.scale * (event.deltaY < 0 ? 1.2 : 1 / 1.2), {
          x: event.clientX,
          y: event.clientY,
        })
      },
      onDblClick(event: MouseEvent) {
        zoomTo(view.current.scale > 1 ? 1 : close, { x: event.clientX, y: event.clientY })
      },
      onPointerDown(event: PointerEvent & { currentTarget: HTMLElement }) {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
        if (fingers.current.size === 1) begun.current = undefined
        begin()
      },
      onPointerMove(event: PointerEvent) {
        const from = fingers.current.get(event.pointerId)
        if (!from || !begun.current) return
        const [x, y] = [event.clientX - from.x, event.clientY - from.y]
        const before = spread()
        if (fingers.current.size > 1) {
          fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
          const { middle, far } = spread()
          zoomTo(view.current.scale * (far / Math.max(1, before.far)), middle)
          begun.current.moved = true
        } else if (view.current.scale > 1) {
          fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
          moveBy(x, y)
          begun.current.moved = true
        } else if (Math.hypot(x, y) > slipPx && !begun.current.many) {
          begun.current.moved = true
          // It follows the finger along one axis.
          show(none, Math.abs(x) > Math.abs(y) ? { x, y: 0 } : { x: 0, y: Math.max(0, y) })
        }
      },
      onPointerUp(event: PointerEvent) {
        const from = fingers.current.get(event.pointerId)
        fingers.current.delete(event.pointerId)
        if (!from || !begun.current) return
        if (fingers.current.size > 0) return begin()
        if (view.current.scale > 1 || begun.current.many) return
        const [x, y] = [event.clientX - from.x, event.clientY - from.y]
        show(none)
        if (Math.abs(x) > swipePx && Math.abs(x) > Math.abs(y)) onSwipe(x < 0 ? 1 : -1)
        else if (y > swipePx * 1.5 && event.pointerType === 'touch') onClose()
      },
      onPointerCancel(event: PointerEvent) {
        fingers.current.delete(event.pointerId)
        if (view.current.scale === 1) show(none)
      },
    },
  }
}
