import { Elysia } from 'elysia'
import { DirectDraft, Room } from '../../protocol/rooms.ts'
import type { CommandTable, Tools } from '../../scope.ts'
import { guard } from '../auth/guard.ts'
import { openDirect } from './open.ts'

export const directRoutes = (tools: Tools) =>
  new Elysia({ name: 'directs', tags: ['rooms'] })
    .use(guard(tools))
    .post('/directs', ({ scope, body }) => openDirect(scope, body.usernames), {
      auth: true,
      body: DirectDraft,
      response: { 200: Room },
      detail: { summary: 'The direct room of a set of people, made once' },
    })

export const directCommands = {
  'direct.open': { run: (scope, { usernames }) => openDirect(scope, usernames) },
} satisfies CommandTable
