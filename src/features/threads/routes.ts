import type { RouteTable } from '../../scope.ts'
import { followThread, markThreadRead } from './follow.ts'
import { listFollowed } from './list.ts'

export const threadRoutes = {
  'GET /threads': ({ scope, query }) => listFollowed(scope, query),
  async 'PUT /rooms/:room/messages/:seq/thread/follow'({ scope, params }) {
    await followThread(scope, params.room, params.seq, true)
  },
  async 'DELETE /rooms/:room/messages/:seq/thread/follow'({ scope, params }) {
    await followThread(scope, params.room, params.seq, false)
  },
  'PUT /rooms/:room/messages/:seq/thread/read': ({ scope, params, body }) =>
    markThreadRead(scope, params.room, params.seq, body.read_seq),
} satisfies RouteTable
