import type { CommandTable } from '../../scope.ts'
import { followThread, markThreadRead } from './follow.ts'
import { listFollowed } from './list.ts'

export const threadCommands = {
  'thread.follow': { run: (scope, { room, seq }) => followThread(scope, room, seq, true) },
  'thread.unfollow': { run: (scope, { room, seq }) => followThread(scope, room, seq, false) },
  'thread.read': { run: (scope, { room, seq, read_seq }) => markThreadRead(scope, room, seq, read_seq) },
  'thread.followed': { run: (scope, query) => listFollowed(scope, query) },
} satisfies CommandTable
