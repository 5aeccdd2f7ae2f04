import { effect } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { preferences } from '../ground/preferences.ts'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'

type Side = 'above' | 'below'
/** How many unread rooms are out of sight, and whether one of them is for you. */
type Beyond = { readonly [side in Side]: { n: number; loud: boolean } }

const nothing: Beyond = { above: { n: 0, loud: false }, below: { n: 0, loud: false } }

/** Says that there are unread rooms above and below what the list shows. A press leads to the nearest one. */
export function UnreadBeyond({ list }: { list: RefObject<HTMLElement | null> }) {
  const { rooms } = useStore()
  const [beyond, setBeyond] = useState(nothing)

  useEffect(() => {
    const box = list.current
    if (!box) return
    let waiting = 0
    const measure = () => {
      waiting = 0
      setBeyond((old) => {
        const now = beyondIn(box)
        return JSON.stringify(old) === JSON.stringify(now) ? old : now
      })
    }
    const look = () => {
      waiting ||= requestAnimationFrame(measure)
    }
    const sizes = new ResizeObserver(look)
    sizes.observe(box)
    for (const part of box.children) sizes.observe(part)
    box.addEventListener('scroll', look, { passive: true })
    const stop = effect(() => {
      void rooms.rows.value
      void preferences.turned.value
      look()
    })
    return () => {
      stop()
      cancelAnimationFrame(waiting)
      sizes.disconnect()
      box.removeEventListener('scroll', look)
    }
  }, [list, rooms])

  const go = (side: Side) => {
    const rows = list.current ? unreadOn(side, list.current) : []
    const next = side === 'above' ? rows.at(-1) : rows[0]
    next?.scrollIntoView({ block: 'center' })
    next?.focus({ preventScroll: true })
  }
  return (['above', 'below'] as const).map((side) => {
    const { n, loud } = beyond[side]
    return (
      n > 0 && (
        <button
          key={side}
          type="button"
          class={`beyond is-${side} ${loud ? 'is-loud' : ''}`}
          onClick={() => go(side)}
        >
          <Icon of="down" />
          {say(`rooms.${side}`, { n })}
        </button>
      )
    )
  })
}

/** The unread rows whose middle is above or below what the box shows. */
function unreadOn(side: Side, box: HTMLElement): HTMLElement[] {
  const { top, bottom } = box.getBoundingClientRect()
  return [...box.querySelectorAll<HTMLElement>('.room-list .row.unread')].filter((row) => {
    const { y, height } = row.getBoundingClientRect()
    const middle = y + height / 2
    return side === 'above' ? middle < top : middle > bottom
  })
}

function beyondIn(box: HTMLElement): Beyond {
  // A phone hides the list while a room is open.
  if (box.clientHeight === 0) return nothing
  const of = (side: Side) => {
    const rows = unreadOn(side, box)
    return { n: rows.length, loud: rows.some((row) => row.classList.contains('is-loud')) }
  }
  return { above: of('above'), below: of('below') }
}
