import { type Static, type TObject, type TOptional, type TSchema, Type } from '@sinclair/typebox'
import type { Budget } from './budgets.ts'
import { Emoji, GlobalRole, RoomAddress, Seq } from './fields.ts'
import { PreviewId } from './previews.ts'
import type { TokenScope } from './tokens.ts'

/** The scope that an API token needs. `person`: no API token may do it, because it concerns the account itself. */
export type Permit = TokenScope | 'person'

/** The parameters of paths (`:room`). A name means the same in every path. */
export const pathParameters = {
  room: RoomAddress,
  seq: Seq,
  emoji: Emoji,
  username: Type.String({ maxLength: 128 }),
  role: GlobalRole,
  id: Type.String({ maxLength: 128 }),
  file: Type.String({ maxLength: 128, examples: ['019ac1f2-7a10-7c3e-9d51-2f8f3c1be0aa'] }),
  preview: PreviewId,
  code: Type.String({ maxLength: 128 }),
  secret: Type.String({ maxLength: 128 }),
} as const

type ParameterName = keyof typeof pathParameters

/** One request of the HTTP door. Its key in the table is its method and path. */
export type Route = {
  summary: string
  /** What the summary has no place for. The documents add who may call it, and what a token needs. */
  description?: string
  query?: TObject
  /** Optional if it is a `Type.Optional`. */
  body?: TSchema
  /**
   * JSON if absent; `form` as OAuth sends it; `text` if the feature parses the body itself; `file` if it reads it as it arrives, so that
   * no other limit applies to it.
   */
  bodyIs?: 'form' | 'text' | 'file'
  /** Absent: the response is 204 and empty. */
  reply?: TSchema
  /** The response is a file: a zip or a table, sent while it is made, or what somebody has uploaded. */
  replyIs?: 'zip' | 'table' | 'file'
  /** 200 with a reply or a file, 204 without. 202: it is done later, if at all. 303: a page to open. */
  status?: 201 | 202 | 303
} /** Its feature limits it by address, account or webhook. */ & (
  | { access: 'public'; permit?: never; budget?: never }
  | {
      /** Anyone signed in, if absent. */
      access?: 'admin'
      /** What an API token needs; `me` applies if the path's username is `me`. */
      permit: Permit | { me: Permit; others: Permit }
      /** The budget that it spends from; `me` as above. */
      budget: Budget | { me: Budget; others: Budget }
      /** A signature of the address, in `sig`, does instead of a token. */
      signed?: true
    }
)

/** The names after a colon in a path. */
type NamesIn<Path extends string> = Path extends `${string}/:${infer Name}/${infer Rest}`
  ? Name | NamesIn<`/${Rest}`>
  : Path extends `${string}/:${infer Name}`
    ? Name
    : never

export type ParamsIn<Path extends string> = {
  [Name in NamesIn<Path> & ParameterName]: Static<(typeof pathParameters)[Name]>
}

type Shape<Schema> =
  Schema extends TOptional<infer Inner extends TSchema>
    ? Static<Inner> | undefined
    : Schema extends TSchema
      ? Static<Schema>
      : undefined

export type QueryOf<Row> = Row extends { query: infer Query } ? Shape<Query> : Record<never, never>
export type BodyOf<Row> = Row extends { body: infer Body } ? Shape<Body> : undefined
export type ReplyOf<Row> = Row extends { reply: infer Reply } ? Shape<Reply> : undefined
