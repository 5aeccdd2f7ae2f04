import { type Static, type TObject, type TOptional, type TSchema, Type } from '@sinclair/typebox'
import { Emoji, GlobalRole, RoomAddress, Seq } from './fields.ts'
import type { TokenScope } from './tokens.ts'

/** What an API token needs for something; `person` is what no token may, because it is about the account itself. */
export type Permit = TokenScope | 'person'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What a path may have after a colon: one meaning for each name, everywhere. */
export const pathParameters = {
  room: RoomAddress,
  seq: Seq,
  emoji: Emoji,
  username: Type.String({ maxLength: 128 }),
  role: GlobalRole,
  id: Type.String({ maxLength: 128 }),
  code: Type.String({ maxLength: 128 }),
  secret: Type.String({ maxLength: 128 }),
} as const

type ParameterName = keyof typeof pathParameters

/** One request of the HTTP door, without its name, which is method and path. */
export type Route = {
  summary: string
  query?: TObject
  /** `Type.Optional`: it may be left out. */
  body?: TSchema
  /** Of a form as OAuth sends it, or a text that the feature reads by itself; otherwise JSON. */
  bodyIs?: 'form' | 'text'
  /** Absent: the response is 204 and empty. */
  reply?: TSchema
  /** 200 with a reply, 204 without. */
  status?: 201
  /** The response holds a secret: nothing on its way may keep it. */
  noStore?: true
} & (
  | { access: 'public'; permit?: never }
  | {
      /** Anyone signed in, where nothing is said. */
      access?: 'admin'
      /** What an API token needs; `me`: where the path names its own user so. */
      permit: Permit | { me: Permit; others: Permit }
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
