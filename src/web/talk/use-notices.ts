import { useEffect } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { type Notice, partOf } from './notices.ts'

const none: never[] = []
const pauseMs = 300

type Part = { room: string; open: boolean; from: number; to: number }

/** The notices between the messages in the page. They load after a pause, not while you scroll past. */
export function useNotices({ room, open, from, to }: Part): readonly Notice[] {
  const { talk } = useStore()
  const notices = talk.notices.value.get(room) ?? none
  const first = partOf(from)
  const last = partOf(to)
  useEffect(() => {
    if (!open) return
    const soon = setTimeout(() => talk.lookBack(room, first, last), pauseMs)
    return () => clearTimeout(soon)
  }, [talk, room, open, first, last])
  return notices
}
