import type { RouteTable } from '../../scope.ts'
import { deleteMessage, editMessage } from './edit.ts'
import { listLastMessages } from './last.ts'
import { listMessages, listPins, showMessage } from './list.ts'
import { addReaction, listReactions, removeReaction, setPin } from './reactions.ts'
import { postMessage } from './send.ts'
import { listThread } from './threads.ts'
import { listVersions } from './versions.ts'

export const messageRoutes = {
  'GET /last-messages': ({ scope, query }) => listLastMessages(scope, query),
  'GET /rooms/:room/messages': ({ scope, params, query }) => listMessages(scope, params.room, query),
  'POST /rooms/:room/messages': ({ scope, params, body }) => postMessage(scope, params.room, body),
  'GET /rooms/:room/messages/:seq': ({ scope, params }) => showMessage(scope, params.room, params.seq),
  'GET /rooms/:room/messages/:seq/versions': ({ scope, params, query }) =>
    listVersions(scope, params.room, params.seq, query),
  async 'GET /rooms/:room/messages/:seq/thread'({ scope, params, query }) {
    const { head: _, ...page } = await listThread(scope, params.room, params.seq, query)
    return page
  },
  async 'PATCH /rooms/:room/messages/:seq'({ scope, params, body }) {
    await editMessage(scope, params.room, params.seq, body.content)
    return showMessage(scope, params.room, params.seq)
  },
  'DELETE /rooms/:room/messages/:seq': ({ scope, params }) => deleteMessage(scope, params.room, params.seq),
  'GET /rooms/:room/messages/:seq/reactions': ({ scope, params, query }) =>
    listReactions(scope, params.room, params.seq, query),
  'PUT /rooms/:room/messages/:seq/reactions/:emoji': ({ scope, params }) =>
    addReaction(scope, params.room, params.seq, params.emoji),
  'DELETE /rooms/:room/messages/:seq/reactions/:emoji': ({ scope, params }) =>
    removeReaction(scope, params.room, params.seq, params.emoji),
  'GET /rooms/:room/pins': ({ scope, params, query }) => listPins(scope, params.room, query),
  'PUT /rooms/:room/pins/:seq': ({ scope, params }) => setPin(scope, params.room, params.seq, true),
  'DELETE /rooms/:room/pins/:seq': ({ scope, params }) => setPin(scope, params.room, params.seq, false),
} satisfies RouteTable
