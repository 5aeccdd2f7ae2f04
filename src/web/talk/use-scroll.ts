import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'
import { findSeq } from '../../sdk/by-seq.ts'
import { around, beyond, earlier, lastOf, later, linesIn, type Span } from './span.ts'

/** So near to the end, new messages and replies are followed. */
export const nearPx = 80
/** In heights of the box: lines are added when less than `least` is left, and removed beyond `most`, down to `kept`. */
const least = 1
const most = 3
const kept = 2
/** Loads the next page of history when fewer messages than this are left to show. */
const reserve = 60

type Options = {
  messages: readonly Message[]
  /** Whether the messages end where the room ends: then new ones scroll into view. */
  live: boolean
  onTop: () => void
  onBottom: () => void
}

/**
 * What you are reading does not move: the anchor is a line and its distance from the top of the box. `seen` is where the box stood when
 * this was true.
 */
type Place = {
  following: boolean
  anchor: { seq: number; top: number } | undefined
  seen?: { top: number; height: number }
}

const lineAt = (box: Element, seq: number) => box.querySelector(`[data-seq="${seq}"]`)
const linesOf = (box: Element) => [...box.querySelectorAll<HTMLElement>('[data-seq]')]
const seqOf = (line: HTMLElement) => Number(line.dataset.seq)

const belowIn = (box: Element) => box.scrollHeight - box.scrollTop - box.clientHeight

/** You have scrolled up, and the event that says so is still to come: a message that arrives before it must not take you back. */
const hasLeft = (box: Element, { following, seen }: Place): boolean =>
  following && seen !== undefined && box.scrollHeight >= seen.height && seen.top - box.scrollTop >= nearPx

/** Shows a few screens of a room of any length, and keeps the reader's place in it. */
export function useScroll({ messages, live, onTop, onBottom }: Options) {
  const box = useRef<HTMLElement>(null)
  const [chosen, setSpan] = useState<Span>(() => lastOf(messages))
  const [target, setTarget] = useState<number>()
  const [away, setAway] = useState(false)
  const [atEnd, setAtEnd] = useState(true)
  const place = useRef<Place>({ following: true, anchor: undefined })

  const shown = linesIn(messages, chosen, place.current.following)
  // Other messages than before: the room was loaded again, or an excerpt was closed.
  const lost = shown.length === 0 && messages.length > 0
  const span = lost ? lastOf(messages) : chosen
  const lines = lost ? linesIn(messages, span, true) : shown
  if (lost && target === undefined) place.current = { following: true, anchor: undefined }

  const isWhole = live && span.to === undefined

  const settle = () => {
    const at = box.current
    if (!at || at.clientHeight === 0) return
    if (hasLeft(at, place.current)) place.current = placeIn(at)
    const { following, anchor } = place.current
    if (following && isWhole) at.scrollTop = at.scrollHeight
    else if (anchor) {
      const line = lineAt(at, anchor.seq)
      if (line) {
        const movedPx = line.getBoundingClientRect().top - at.getBoundingClientRect().top - anchor.top
        if (Math.abs(movedPx) >= 1) at.scrollTop += movedPx
      }
    }
    place.current.seen = { top: at.scrollTop, height: at.scrollHeight }
    setAtEnd(following)
    measure(at)
  }

  const placeIn = (at: HTMLElement): Place => {
    const { top } = at.getBoundingClientRect()
    const first = linesOf(at).find((line) => line.getBoundingClientRect().bottom > top)
    return {
      following: isWhole && belowIn(at) < nearPx,
      anchor: first && { seq: seqOf(first), top: first.getBoundingClientRect().top - top },
      seen: { top: at.scrollTop, height: at.scrollHeight },
    }
  }

  /** Keeps some screens of lines above and below, and loads more where they end. */
  const measure = (at: HTMLElement) => {
    const height = at.clientHeight
    const above = at.scrollTop
    const below = belowIn(at)
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
    place.current = placeIn(at)
    setAtEnd(place.current.following)
    setAway(!isWhole || belowIn(at) > at.clientHeight / 2)
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
    // An on-screen keyboard opens, the composer grows, a line wraps differently: what you are reading does not move.
    const watch = new ResizeObserver(() => now.current.settle())
    watch.observe(at)
    if (at.firstElementChild) watch.observe(at.firstElementChild)
    return () => watch.disconnect()
  }, [])

  const toEnd = useCallback(() => {
    place.current = { following: true, anchor: undefined }
    const at = box.current
    // The line with the focus may be removed.
    if (at?.contains(document.activeElement)) at.focus({ preventScroll: true })
    setSpan(lastOf(now.current.messages))
    setAway(false)
    now.current.settle()
  }, [])

  /** Shows this message as soon as it is loaded. */
  const show = useCallback((seq: number) => setTarget(seq), [])

  return { box, span, lines, away, atEnd, onScroll, toEnd, show }
}

/** When the line with the focus is removed from the page, the whole list gets the focus. */
function keepFocus(box: HTMLElement, { from, to }: Span): void {
  const held = document.activeElement
  if (!held || !box.contains(held)) return
  const line = held.closest<HTMLElement>('[data-seq]')
  if (line && (seqOf(line) < from || seqOf(line) > (to ?? Number.POSITIVE_INFINITY)))
    box.focus({ preventScroll: true })
}
