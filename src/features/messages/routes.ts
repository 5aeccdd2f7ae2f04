import { Elysia } from 'elysia'
import {
  HistoryQuery,
  Message,
  MessageAddress,
  MessageDraft,
  MessageEdit,
  MessagePage,
  PinsQuery,
  ReactionAddress,
} from '../../protocol/messages.ts'
import { RoomPath } from '../../protocol/rooms.ts'
import type { Tools } from '../../scope.ts'
import { inUrl } from '../../url.ts'
import { guard } from '../auth/guard.ts'
import { deleteMessage, editMessage } from './edit.ts'
import { listMessages, listPins, showMessage } from './list.ts'
import { addReaction, removeReaction, setPin } from './reactions.ts'
import { postMessage } from './send.ts'

export const messageRoutes = (tools: Tools) =>
  new Elysia({ name: 'messages', tags: ['messages'] })
    .use(guard(tools))
    .get('/rooms/:room/messages', ({ scope, params, query }) => listMessages(scope, params.room, query), {
      auth: true,
      params: RoomPath,
      query: inUrl(HistoryQuery),
      response: { 200: MessagePage },
      detail: { summary: 'A page of history, ascending' },
    })
    .post(
      '/rooms/:room/messages',
      async ({ scope, params, body, set }) => {
        const message = await postMessage(scope, params.room, body)
        set.status = 201
        return message
      },
      {
        auth: true,
        params: RoomPath,
        body: MessageDraft,
        response: { 201: Message },
        detail: { summary: 'Send' },
      },
    )
    .get('/rooms/:room/messages/:seq', ({ scope, params }) => showMessage(scope, params.room, params.seq), {
      auth: true,
      params: inUrl(MessageAddress),
      response: { 200: Message },
      detail: { summary: 'One message' },
    })
    .patch(
      '/rooms/:room/messages/:seq',
      async ({ scope, params, body }) => {
        await editMessage(scope, params.room, params.seq, body.content)
        return showMessage(scope, params.room, params.seq)
      },
      {
        auth: true,
        params: inUrl(MessageAddress),
        body: MessageEdit,
        response: { 200: Message },
        detail: { summary: 'Edit: its author' },
      },
    )
    .delete(
      '/rooms/:room/messages/:seq',
      async ({ scope, params, set }) => {
        await deleteMessage(scope, params.room, params.seq)
        set.status = 204
      },
      {
        auth: true,
        params: inUrl(MessageAddress),
        detail: { summary: 'Delete: its author, a moderator, an admin' },
      },
    )
    .put(
      '/rooms/:room/messages/:seq/reactions/:emoji',
      async ({ scope, params, set }) => {
        await addReaction(scope, params.room, params.seq, params.emoji)
        set.status = 204
      },
      { auth: true, params: inUrl(ReactionAddress), detail: { summary: 'React' } },
    )
    .delete(
      '/rooms/:room/messages/:seq/reactions/:emoji',
      async ({ scope, params, set }) => {
        await removeReaction(scope, params.room, params.seq, params.emoji)
        set.status = 204
      },
      { auth: true, params: inUrl(ReactionAddress), detail: { summary: 'Take a reaction back' } },
    )
    .get('/rooms/:room/pins', ({ scope, params, query }) => listPins(scope, params.room, query), {
      auth: true,
      params: RoomPath,
      query: inUrl(PinsQuery),
      response: { 200: MessagePage },
      detail: { summary: 'Its pinned messages, a page from the newest back, ascending' },
    })
    .put(
      '/rooms/:room/pins/:seq',
      async ({ scope, params, set }) => {
        await setPin(scope, params.room, params.seq, true)
        set.status = 204
      },
      { auth: true, params: inUrl(MessageAddress), detail: { summary: 'Pin: moderators' } },
    )
    .delete(
      '/rooms/:room/pins/:seq',
      async ({ scope, params, set }) => {
        await setPin(scope, params.room, params.seq, false)
        set.status = 204
      },
      { auth: true, params: inUrl(MessageAddress), detail: { summary: 'Unpin: moderators' } },
    )
