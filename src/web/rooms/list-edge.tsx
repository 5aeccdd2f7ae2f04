import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { preferences } from '../ground/preferences.ts'
import { say } from '../language/say.ts'

/** In pixels, where the letters of the browser are as large as usual: 14 to 22.5 rem. */
const narrowest = 224
const widest = 360
const step = 8

const bounded = (width: number) => Math.round(Math.min(widest, Math.max(narrowest, width)))
const isMirrored = () => document.documentElement.dir === 'rtl'
const pixelsPerRem = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16

/** As the style sheet has it: narrower on a tablet. */
const usualWidth = () => bounded(Math.min(272, (0.3 * window.innerWidth * 16) / pixelsPerRem()))

/** The edge of the list, by which its width is changed; kept in this browser. */
export function ListEdge() {
  const edge = useRef<HTMLDivElement>(null)
  const [usual] = useState(usualWidth)
  const [dragged, setDragged] = useState<number>()
  /** The last one, which may not be drawn yet. */
  const last = useRef<number | undefined>(undefined)
  const kept = Number(preferences.listWidth.value) || undefined
  const width = dragged ?? (kept && bounded(kept))

  useLayoutEffect(() => {
    const shell = edge.current?.closest<HTMLElement>('.shell')
    if (width === undefined) shell?.style.removeProperty('--list-width')
    else shell?.style.setProperty('--list-width', `${width / 16}rem`)
  }, [width])

  const keep = (next: number | undefined) => {
    last.current = undefined
    setDragged(undefined)
    preferences.listWidth.value = next === undefined ? '' : String(bounded(next))
  }
  const drag = (event: PointerEvent) => {
    const list = edge.current?.parentElement?.getBoundingClientRect()
    if (!list || !edge.current?.hasPointerCapture(event.pointerId)) return
    const pixels = isMirrored() ? list.right - event.clientX : event.clientX - list.left
    last.current = bounded((pixels * 16) / pixelsPerRem())
    setDragged(last.current)
  }
  const press = (event: KeyboardEvent) => {
    const now = width ?? usual
    const wider = isMirrored() ? 'ArrowLeft' : 'ArrowRight'
    const narrower = isMirrored() ? 'ArrowRight' : 'ArrowLeft'
    const next = { [wider]: now + step, [narrower]: now - step, Home: narrowest, End: widest }[event.key]
    if (next === undefined) return
    event.preventDefault()
    keep(next)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a line between two parts that can be moved, which no element is
    <div
      ref={edge}
      class="list-edge"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={say('list.width')}
      title={say('list.widthHint')}
      aria-valuemin={narrowest}
      aria-valuemax={widest}
      aria-valuenow={width ?? usual}
      onPointerDown={(event) => {
        if (event.button === 0) event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onMouseDown={(event) => {
        // Otherwise the browser selects what the pointer goes over, and drags that next time.
        event.preventDefault()
        event.currentTarget.focus()
      }}
      onPointerMove={drag}
      onPointerUp={() => last.current !== undefined && keep(last.current)}
      onPointerCancel={() => {
        last.current = undefined
        setDragged(undefined)
      }}
      onDblClick={() => keep(undefined)}
      onKeyDown={press}
    />
  )
}
