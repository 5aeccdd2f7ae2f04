import { useEffect, useState } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { waitIn } from './slow-mode.ts'

/** The seconds until you may write again in a slow room; counts down. */
export function useWait(room: RoomState, me: string | undefined, exempt: boolean): number {
  const [nowMs, setNowMs] = useState(Date.now)
  const seconds = exempt ? 0 : waitIn(room, me, Math.max(nowMs, Date.now()))
  useEffect(() => {
    if (seconds === 0) return
    const soon = setTimeout(() => setNowMs(Date.now()), 1000)
    return () => clearTimeout(soon)
  }, [seconds, nowMs])
  return seconds
}
