import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { LogQuery } from '../../protocol/messages.ts'
import {
  MemberChange,
  MemberPage,
  MemberPath,
  NamePage,
  NotifyChange,
  Room,
  RoomChange,
  RoomDraft,
  RoomPage,
  RoomPath,
  Silence,
} from '../../protocol/rooms.ts'
import type { Tools } from '../../scope.ts'
import { inUrl } from '../../url.ts'
import { guard } from '../auth/guard.ts'
import { changeRoom, deleteRoom } from './change.ts'
import { createRoom } from './create.ts'
import { joinRoom, leaveRoom } from './join.ts'
import { listRooms, showRoom } from './list.ts'
import { readLog } from './log.ts'
import { listMembers, putMember, removeMember, setNotify, silence } from './members.ts'

export const roomRoutes = (tools: Tools) =>
  new Elysia({ name: 'rooms', tags: ['rooms'] })
    .use(guard(tools))
    .get('/rooms', ({ scope, query }) => listRooms(scope, query), {
      auth: true,
      query: inUrl(NamePage),
      response: { 200: RoomPage },
      detail: { summary: 'Rooms joined, and open ones' },
    })
    .post(
      '/rooms',
      async ({ scope, body, set }) => {
        const room = await createRoom(scope, body)
        set.status = 201
        return room
      },
      { auth: true, body: RoomDraft, response: { 201: Room }, detail: { summary: 'Make a room and own it' } },
    )
    .get('/rooms/:room', ({ scope, params }) => showRoom(scope, params.room), {
      auth: true,
      params: RoomPath,
      response: { 200: Room },
      detail: { summary: 'One room' },
    })
    .patch('/rooms/:room', ({ scope, params, body }) => changeRoom(scope, params.room, body), {
      auth: true,
      params: RoomPath,
      body: RoomChange,
      response: { 200: Room },
      detail: { summary: 'Change title, description or posting: owner, admin' },
    })
    .delete(
      '/rooms/:room',
      async ({ scope, params, set }) => {
        await deleteRoom(scope, params.room)
        set.status = 204
      },
      { auth: true, params: RoomPath, detail: { summary: 'Delete, for everyone at once: owner, admin' } },
    )
    .get('/rooms/:room/members', ({ scope, params, query }) => listMembers(scope, params.room, query), {
      auth: true,
      params: RoomPath,
      query: inUrl(NamePage),
      response: { 200: MemberPage },
      detail: { summary: 'Members, with role and presence' },
    })
    .put(
      '/rooms/:room/members/:username',
      async ({ scope, params, body, set }) => {
        if (params.username === 'me') await joinRoom(scope, params.room)
        else await putMember(scope, params.room, params.username, body?.role)
        set.status = 204
      },
      {
        auth: true,
        params: MemberPath,
        body: Type.Optional(MemberChange),
        detail: { summary: 'Join (`me`), add a member, change a role' },
      },
    )
    .delete(
      '/rooms/:room/members/:username',
      async ({ scope, params, set }) => {
        if (params.username === 'me') await leaveRoom(scope, params.room)
        else await removeMember(scope, params.room, params.username)
        set.status = 204
      },
      { auth: true, params: MemberPath, detail: { summary: 'Leave (`me`), remove a member' } },
    )
    .get('/rooms/:room/log', ({ scope, params, query }) => readLog(scope, params.room, query), {
      auth: true,
      params: RoomPath,
      query: inUrl(LogQuery),
      detail: { summary: 'The durable events after `since`' },
    })
    .put(
      '/rooms/:room/members/:username/silence',
      async ({ scope, params, body, set }) => {
        await silence(scope, params.room, params.username, body.until)
        set.status = 204
      },
      {
        auth: true,
        params: MemberPath,
        body: Silence,
        detail: { summary: 'Silence until a time: moderators' },
      },
    )
    .delete(
      '/rooms/:room/members/:username/silence',
      async ({ scope, params, set }) => {
        await silence(scope, params.room, params.username)
        set.status = 204
      },
      { auth: true, params: MemberPath, detail: { summary: 'Give the voice back: moderators' } },
    )
    .put(
      '/rooms/:room/notifications',
      async ({ scope, params, body, set }) => {
        await setNotify(scope, params.room, body.level)
        set.status = 204
      },
      {
        auth: true,
        params: RoomPath,
        body: NotifyChange,
        detail: { summary: 'What of this room one is told of' },
      },
    )
