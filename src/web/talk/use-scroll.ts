import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'
import { findSeq } from '../../sdk/by-seq.ts'
import { around, beyond, earlier, lastOf, later, linesIn, type Span } from './span.ts'

const nearPx = 80
/** In heights of the box: lines are added when fewer than this are left, and taken away beyond the other. */
const least = 1
const most = 3
const kept = 2
/** A page is asked for when so few lines are left that are not in the page yet. */
const reserve = 60

type Options = {
  messages: readonly Message[]
  /** They end where the room ends: its end is followed. */
  live: boolean
  onTop: () => void
  onBottom: () => void
}

/** What is read stays where it is: this line, so far below the top of the box. */
type Place = { following: boolean; anchor: { seq: number; top: number } | undefined }

const lineAt = (box: Element, seq: number) => box.querySelector(`[data-seq="${seq}"]`)
const linesOf = (box: Element) => [...box.querySelectorAll<HTMLElement>('[data-seq]')]
const seqOf = (line: HTMLElement) => Number(line.dataset.seq)

/** A few screens of a room of any length, and the reader's place among them. */
export function useScroll({ messages, live, onTop, onBottom }: Options) {
  const box = useRef<HTMLElement>(null)
  const [chosen, setSpan] = useState<Span>(() => lastOf(messages))
  const [target, setTarget] = useState<number>()
  const [away, setAway] = useState(false)
  const [atEnd, setAtEnd] = useState(true)
  const place = useRef<Place>({ following: true, anchor: undefined })

  const shown = linesIn(messages, chosen, place.current.following)
  // Other messages than before: a room fetched anew, or an excerpt that was let go.
  const lost = shown.length === 0 && messages.length > 0
  const span = lost ? lastOf(messages) : chosen
  const lines = lost ? linesIn(messages, span, true) : shown
  if (lost && target === undefined) place.current = { following: true, anchor: undefined }

  const settle = () => {
    const at = box.current
    if (!at || at.clientHeight === 0) return
    const { following, anchor } = place.current
    if (following && live && span.to === undefined) at.scrollTop = at.scrollHeight
    else if (anchor) {
      const line = lineAt(at, anchor.seq)
      if (line) {
        const movedPx = line.getBoundingClientRect().top - at.getBoundingClientRect().top - anchor.top
        if (Math.abs(movedPx) >= 1) at.scrollTop += movedPx
      }
    }
    setAtEnd(place.current.following)
    measure(at)
  }

  /** Keeps some screens of lines above and below, and asks for more where they end. */
  const measure = (at: HTMLElement) => {
    const height = at.clientHeight
    const above = at.scrollTop
    const below = at.scrollHeight - above - height
    const { top, bottom } = at.getBoundingClientRect()
    const all = linesOf(at)
    let next = span
    if (above < least * height) next = earlier(messages, next)
    else if (above > most * height) {
      const first = all.find((line) => line.getBoundingClientRect().bottom > top - kept * height)
      if (first) next = { ...next, from: seqOf(first) }
    }
    if (below < least * height) next = later(messages, next, live)
    else if (below > most * height) {
      const last = all.findLast((line) => line.getBoundingClientRect().top < bottom + kept * height)
      if (last) next = { ...next, to: seqOf(last) }
    }
    if (next.from !== span.from || next.to !== span.to) {
      keepFocus(at, next)
      setSpan(next)
    }
    const { before, after } = beyond(messages, next)
    if (before < reserve && above < most * height) onTop()
    if (!live && after < reserve && below < most * height) onBottom()
  }

  const onScroll = () => {
    const at = box.current
    if (!at || at.clientHeight === 0) return
    const below = at.scrollHeight - at.scrollTop - at.clientHeight
    const whole = live && span.to === undefined
    const { top } = at.getBoundingClientRect()
    const first = linesOf(at).find((line) => line.getBoundingClientRect().bottom > top)
    place.current = {
      following: whole && below < nearPx,
      anchor: first && { seq: seqOf(first), top: first.getBoundingClientRect().top - top },
    }
    setAtEnd(place.current.following)
    setAway(!whole || below > at.clientHeight / 2)
    measure(at)
  }

  const now = useRef({ settle, messages, live })
  now.current = { settle, messages, live }

  useLayoutEffect(() => {
    if (target !== undefined && findSeq(messages, target)) {
      place.current = {
        following: false,
        anchor: { seq: target, top: (box.current?.clientHeight ?? 0) * 0.3 },
      }
      setTarget(undefined)
      setSpan(around(messages, target, live))
      setAway(!live)
      return
    }
    settle()
  })

  useLayoutEffect(() => {
    const at = box.current
    if (!at) return
    // A keyboard that opens, a composer that grows, a line that wraps anew: what is read stays.
    const watch = new ResizeObserver(() => now.current.settle())
    watch.observe(at)
    if (at.firstElementChild) watch.observe(at.firstElementChild)
    return () => watch.disconnect()
  }, [])

  const toEnd = useCallback(() => {
    place.current = { following: true, anchor: undefined }
    const at = box.current
    // The line that has it may not be there any more.
    if (at?.contains(document.activeElement)) at.focus({ preventScroll: true })
    setSpan(lastOf(now.current.messages))
    setAway(false)
    now.current.settle()
  }, [])

  /** Shows this message as soon as it is among the messages. */
  const show = useCallback((seq: number) => setTarget(seq), [])

  return { box, span, lines, away, atEnd, onScroll, toEnd, show }
}

/** A line that is taken out of the page gives the focus to the whole, instead of to nobody. */
function keepFocus(box: HTMLElement, { from, to }: Span): void {
  const held = document.activeElement
  if (!held || !box.contains(held)) return
  const line = held.closest<HTMLElement>('[data-seq]')
  if (line && (seqOf(line) < from || seqOf(line) > (to ?? Number.POSITIVE_INFINITY)))
    box.focus({ preventScroll: true })
}
