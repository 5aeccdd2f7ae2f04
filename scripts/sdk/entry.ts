/*
 * The exports of the package: what it promises. The file is here because nothing in src/ needs a file of re-exports.
 */

export type { Arrangement, ArrangementChange } from '../../src/protocol/arrangements.ts'
export type { ReplyData } from '../../src/protocol/command-rows.ts'
export type { CommandName, Params } from '../../src/protocol/commands.ts'
export type { ErrorCode, FieldError, Reason, RefusalParams } from '../../src/protocol/errors.ts'
export type { DurableEvent, EphemeralEvent, Event, UserEvent } from '../../src/protocol/events.ts'
export type { Invite, InvitePreview } from '../../src/protocol/invites.ts'
export type { Message, MessagePage, Reaction, Sent } from '../../src/protocol/messages.ts'
export type { Member, NewRoom, Room, RoomChange } from '../../src/protocol/rooms.ts'
export type { Author, Login, SetUp, SignedIn, SignUp, TokenPair, User } from '../../src/protocol/users.ts'
export {
  type AuthEndpoint,
  type Authenticated,
  forgotPassword,
  logIn,
  me,
  resetPassword,
  setUp,
  signInByLink,
  signUp,
} from '../../src/sdk/auth.ts'
export type { BackoffOptions } from '../../src/sdk/backoff.ts'
export { type Client, createClient } from '../../src/sdk/client.ts'
export {
  apiTokenSession,
  type Credentials,
  cookieSession,
  type Endpoint,
  type Fetch,
  type Tokens,
  tokenSession,
} from '../../src/sdk/credentials.ts'
export {
  type FailureCode,
  type FailureReason,
  isUnauthenticated,
  mayRetry,
  RequestError,
} from '../../src/sdk/errors.ts'
export type { FollowOptions } from '../../src/sdk/follow.ts'
export { createId } from '../../src/sdk/ids.ts'
export { lastMessage } from '../../src/sdk/last.ts'
export type { EventStream } from '../../src/sdk/listeners.ts'
export type { OpenOptions } from '../../src/sdk/open-room.ts'
export type { ClientOptions } from '../../src/sdk/options.ts'
export type { SendOptions } from '../../src/sdk/outbox.ts'
export type { PushEndpoint } from '../../src/sdk/push.ts'
export type { RequestOptions } from '../../src/sdk/requests.ts'
export type { Rest, RestInput } from '../../src/sdk/rest.ts'
export type { RoomHandle } from '../../src/sdk/room.ts'
export type { Sending } from '../../src/sdk/sendings.ts'
export type { Socket, SocketMaker } from '../../src/sdk/socket.ts'
export type {
  ClientEvent,
  EventOf,
  Pending,
  RoomMember,
  RoomReset,
  RoomState,
  State,
  Status,
} from '../../src/sdk/state.ts'
export type { UnsentStorage } from '../../src/sdk/unsent.ts'
