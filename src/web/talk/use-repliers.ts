import { useMemo, useRef } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'
import type { Author } from '../../protocol/users.ts'

const mostFaces = 3

/**
 * Who has replied in each thread, those who did last, of the messages in the page. The same list for the same people, so that a message
 * line is drawn again only when they change.
 */
export function useRepliers(lines: readonly Message[]): ReadonlyMap<number, readonly Author[]> {
  const before = useRef<ReadonlyMap<number, readonly Author[]>>(new Map())
  return useMemo(() => {
    const found = new Map<number, Author[]>()
    for (const { thread_seq: seq, author, deleted_at } of lines) {
      if (seq === undefined || deleted_at) continue
      const others = (found.get(seq) ?? []).filter(({ username }) => username !== author.username)
      found.set(seq, [author, ...others].slice(0, mostFaces))
    }
    const same = (seq: number, people: Author[]) => {
      const known = before.current.get(seq)
      const looks = (of: readonly Author[] | undefined) =>
        of?.map(({ username, avatar }) => `${username} ${avatar}`).join()
      return known && looks(known) === looks(people) ? known : people
    }
    before.current = new Map([...found].map(([seq, people]) => [seq, same(seq, people)]))
    return before.current
  }, [lines])
}
