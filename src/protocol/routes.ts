import type { BodyOf, ParamsIn, QueryOf, ReplyOf, Route } from './route.ts'
import { administrationRoutes } from './routes/administration.ts'
import { avatarRoutes } from './routes/avatars.ts'
import { fileRoutes } from './routes/files.ts'
import { mailRoutes } from './routes/mail.ts'
import { messageRoutes } from './routes/messages.ts'
import { pushRoutes } from './routes/push.ts'
import { reportRoutes } from './routes/reports.ts'
import { roomRoutes } from './routes/rooms.ts'
import { searchRoutes } from './routes/search.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { userRoutes } from './routes/users.ts'
import { webhookRoutes } from './routes/webhooks.ts'

/** The routes by their tag in the OpenAPI document. */
export const routesByTag = {
  sessions: sessionRoutes,
  users: userRoutes,
  tokens: tokenRoutes,
  rooms: roomRoutes,
  mail: mailRoutes,
  messages: messageRoutes,
  search: searchRoutes,
  files: { ...fileRoutes, ...avatarRoutes },
  webhooks: webhookRoutes,
  push: pushRoutes,
  reports: reportRoutes,
  administration: administrationRoutes,
} as const satisfies Record<string, Record<string, Route>>

/** Every request that a client can make over HTTP, by method and path. */
export const routes = {
  ...sessionRoutes,
  ...userRoutes,
  ...tokenRoutes,
  ...roomRoutes,
  ...mailRoutes,
  ...messageRoutes,
  ...searchRoutes,
  ...fileRoutes,
  ...avatarRoutes,
  ...webhookRoutes,
  ...pushRoutes,
  ...reportRoutes,
  ...administrationRoutes,
}

export type RouteName = keyof typeof routes
type Row<Name extends RouteName> = (typeof routes)[Name]

/** The types of each route: path parameters, query, body and response. */
export type Routes = {
  [Name in RouteName]: {
    params: ParamsIn<Name>
    query: QueryOf<Row<Name>>
    /** Undefined if the route has no body, or if the body is optional. */
    body: BodyOf<Row<Name>>
    /** Undefined if the response is empty. */
    reply: ReplyOf<Row<Name>>
  }
}

/** Routes whose response is a file. */
export type FileRoute = {
  [Name in RouteName]: Row<Name> extends { replyIs: 'zip' | 'table' | 'file' } ? Name : never
}[RouteName]

export type RouteParams<Name extends RouteName> = Routes[Name]['params']
export type RouteQuery<Name extends RouteName> = Routes[Name]['query']
export type RouteBody<Name extends RouteName> = Routes[Name]['body']
export type RouteReply<Name extends RouteName> = Routes[Name]['reply']
