import type { Finding } from '../../protocol/findings.ts'
import { say } from '../language/say.ts'
import type { Word } from '../language/translations/types.ts'

const todos: Record<Finding['what'], Word> = {
  hole: 'todo.changed',
  changed: 'todo.changed',
  standing: 'todo.changed',
  unreadable: 'todo.changed',
  unlinked: 'todo.changed',
  reactions: 'todo.changed',
  mark_beyond_end: 'todo.changed',
  leftover: 'todo.leftover',
  file_missing: 'todo.file',
  file_damaged: 'todo.file',
  file_leftover: 'todo.leftover',
  cut: 'todo.older',
  older: 'todo.older',
  key: 'todo.access',
  anchor: 'todo.access',
}

/** What was found, and in which room. */
export function sentenceOfFinding({ what, room, title, direct }: Finding): string {
  if (room === undefined) return say(`found.${what}`, { room: say('findings.roomGone') })
  const name = title ?? say(direct ? 'findings.direct' : 'findings.roomGone')
  return say(what === 'older' ? 'found.olderRoom' : `found.${what}`, { room: name })
}

/** What an administrator can do about it. */
export const toDo = ({ what }: Finding): Word => todos[what]

/** Who noticed it, and what names the place to the operator. */
export function howFound({ by, room, title, seq }: Finding): string {
  return [
    say(`findings.${by}`),
    seq !== undefined && say('findings.event', { seq: String(seq) }),
    title === undefined && room,
  ]
    .filter(Boolean)
    .join(' · ')
}
