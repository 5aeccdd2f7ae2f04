import { useLayoutEffect, useRef, useState } from 'preact/hooks'

const nearPx = 80
type Key = string | number | undefined

/**
 * Keeps the reader's place: at the end it follows new lines; anywhere else what is read stays where it is, whether
 * lines come at the end or a page of history at the top (`topKey` changes then). `onTop` asks for that page: near the
 * top, and once `ready` as long as the lines do not fill the box.
 */
export function useScroll(topKey: Key, endKey: Key, ready: boolean, onTop: () => void) {
  const box = useRef<HTMLDivElement>(null)
  const place = useRef({ following: true, fromEnd: 0, topKey })
  const [away, setAway] = useState(false)

  const settle = () => {
    const at = box.current
    if (!at) return
    if (place.current.following) at.scrollTop = at.scrollHeight
    else if (place.current.topKey !== topKey) at.scrollTop = at.scrollHeight - place.current.fromEnd
    place.current.topKey = topKey
    place.current.fromEnd = at.scrollHeight - at.scrollTop
    if (at.scrollHeight <= at.clientHeight + nearPx) onTop()
  }
  const settleNow = useRef(settle)
  settleNow.current = settle

  useLayoutEffect(settle, [topKey, endKey, ready])

  useLayoutEffect(() => {
    const at = box.current
    if (!at) return
    // A keyboard that opens, a composer that grows, an edited line: none may hide the end from its follower.
    const watch = new ResizeObserver(() => settleNow.current())
    watch.observe(at)
    if (at.firstElementChild) watch.observe(at.firstElementChild)
    return () => watch.disconnect()
  }, [])

  const onScroll = () => {
    const at = box.current
    if (!at) return
    const below = at.scrollHeight - at.scrollTop - at.clientHeight
    place.current.following = below < nearPx
    place.current.fromEnd = at.scrollHeight - at.scrollTop
    setAway(below > at.clientHeight / 2)
    if (at.scrollTop < at.clientHeight) onTop()
  }
  const toEnd = () => {
    place.current.following = true
    settleNow.current()
    setAway(false)
  }
  return { box, away, onScroll, toEnd }
}
