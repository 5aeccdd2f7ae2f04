import type { RouteTable } from '../../scope.ts'
import { listSaved, saveMessage } from './save.ts'

export const savedRoutes = {
  'GET /saved': ({ scope, query }) => listSaved(scope, query),
  async 'PUT /rooms/:room/messages/:seq/saved'({ scope, params }) {
    await saveMessage(scope, params.room, params.seq, true)
  },
  async 'DELETE /rooms/:room/messages/:seq/saved'({ scope, params }) {
    await saveMessage(scope, params.room, params.seq, false)
  },
} satisfies RouteTable
