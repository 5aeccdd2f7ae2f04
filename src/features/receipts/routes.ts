import { Elysia } from 'elysia'
import { ReadMark, RoomPath } from '../../protocol/rooms.ts'
import type { Tools } from '../../scope.ts'
import { guard } from '../auth/guard.ts'
import { markRead } from './read.ts'

export const receiptRoutes = (tools: Tools) =>
  new Elysia({ name: 'receipts', tags: ['rooms'] }).use(guard(tools)).put(
    '/rooms/:room/read',
    async ({ scope, params, body, set }) => {
      await markRead(scope, params.room, body.seq)
      set.status = 204
    },
    {
      auth: true,
      params: RoomPath,
      body: ReadMark,
      detail: { summary: 'Move the read mark, never backwards' },
    },
  )
