import type { RoomState } from '../../sdk/state.ts'
import { say, sayNames } from '../language/say.ts'

const searched = 200

/** In a direct room: your last message that somebody has read, and who has read it. */
export function readersOf({ access, receipts, messages, people }: RoomState, me: string | undefined) {
  if (access !== 'direct') return undefined
  const marks = Object.entries(receipts).filter(([username]) => username !== me)
  const furthest = Math.max(0, ...marks.map(([, { read_seq }]) => read_seq))
  const last = messages
    .slice(-searched)
    .findLast(({ seq, author, deleted_at }) => seq <= furthest && author.username === me && !deleted_at)
  if (!last) return undefined
  const readers = marks.filter(([, { read_seq }]) => read_seq >= last.seq).map(([username]) => username)
  const two = (people?.length ?? 2) <= 2
  return {
    seq: last.seq,
    sentence: (nameOf: (username: string) => string) =>
      two ? say('read.one') : say('read.by', { names: sayNames(readers.map(nameOf)) }),
  }
}
