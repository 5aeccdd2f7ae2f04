import { useEffect, useState } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'

/** The read mark, and how many messages came after it. */
type Rule = { readSeq: number; count: number }

/**
 * The read mark moves only when the reader can have seen the messages: in a visible page, at the end of the room.
 * A line above the messages that were unread before stays until the reader leaves the room.
 */
export function useUnread(room: RoomState, atEnd: boolean): Rule | undefined {
  const store = useStore()
  const visible = store.visible.value
  const [rule, setRule] = useState<Rule | undefined>(() => ruleOf(room))
  // What you have marked as unread before you came here is read now; what you mark while you are here is not.
  const [wasKept] = useState(room.kept_unread)
  const isKept = room.kept_unread === true && !wasKept

  useEffect(() => {
    if (!visible) setRule(undefined)
  }, [visible])
  useEffect(() => {
    if (isKept) return setRule(ruleOf(room))
    if (room.unread === 0) return
    if (visible && atEnd && room.open) store.talk.markRead(room.id)
    else setRule((before) => before ?? ruleOf(room))
  }, [store, room.id, room.open, room.head, room.unread, room.read_seq, isKept, atEnd, visible])
  return rule
}

const ruleOf = ({ unread, read_seq }: RoomState): Rule | undefined =>
  unread > 0 ? { readSeq: read_seq, count: unread } : undefined
