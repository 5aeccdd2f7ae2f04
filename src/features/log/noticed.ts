import { perServer } from '../../scope.ts'

/** What is wrong with a log, as far as a start of the server or reading can tell. */
export type BreakKind =
  /** Entries are missing between two others. */
  | 'hole'
  /** An entry is not what was appended there. */
  | 'changed'
  /** A message was edited, deleted, pinned or none of it, and its row says otherwise. */
  | 'standing'
  /** The log ends before an entry that was there. */
  | 'cut'
  /** The key of the links was removed: every log was linked again. */
  | 'key'
  /** The whole database is older than it was. */
  | 'older'
  /** The anchor, the file next to the database, is not what was written. */
  | 'anchor'

/** Something that was noticed in a room, or in all of them (`room` is '' and there is no `roomKey`). */
export type Noticed = {
  at: string
  what: BreakKind
  /** By a start if absent. */
  by?: 'reading'
  /** The id of the room. Empty where only its key is known. */
  room: string
  roomKey?: number
  seq: number
  /** When it was noticed first, as every node can read it. Absent: it is not stored for them yet. */
  kept?: string
}

export const mostNoticed = 1000

/** What is noticed there a second time is the same. */
export const placeOf = ({ what, roomKey = 0, seq }: Pick<Noticed, 'what' | 'roomKey' | 'seq'>): string =>
  `${what} ${roomKey} ${seq}`

const isSame = (one: Noticed, other: Noticed): boolean => placeOf(one) === placeOf(other)

/** What was noticed and not accepted by the operator. The anchor keeps it from one start to the next. */
export const noticed = perServer(({ clock }) => {
  let list: Noticed[] = []
  let isSaved = true
  let added = (): void => {}
  return {
    /** `listener` is called when there is something new. */
    onNew: (listener: () => void): void => {
      added = listener
    },
    list: (): readonly Noticed[] => list,
    add({ what, roomKey, seq }: { what: BreakKind; roomKey: number; seq: number }): void {
      const place = roomKey === 0 ? { room: '' } : { room: '', roomKey }
      const found: Noticed = { at: clock().toISOString(), what, by: 'reading', ...place, seq }
      if (list.length >= mostNoticed || list.some((each) => isSame(each, found))) return
      list.push(found)
      isSaved = false
      added()
    },
    /** What an anchor has, and what this start noticed, before what was noticed while it began. */
    begin(before: readonly Noticed[]): void {
      const fresh = list.filter((one) => !before.some((other) => isSame(one, other)))
      list = [...before, ...fresh].slice(0, mostNoticed)
      isSaved = false
    },
    replace(by: Noticed[]): void {
      if (by.length === list.length && by.every((each, index) => each === list[index])) return
      list = by
      isSaved = false
    },
    /** Whether something has changed since it was asked last. */
    takeChange(): boolean {
      const hasChanged = !isSaved
      isSaved = true
      return hasChanged
    },
  }
})
