import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { ArrangementChange, RoomPlace } from './arrangements.ts'
import { Emoji, Epoch, Position, RoomAddress, Seq } from './fields.ts'
import { KeywordsChange } from './keywords.ts'
import { defaultLimits } from './limits.ts'
import { Content, HistoryQuery, NewMessage, ReactionsQuery, VersionsQuery } from './messages.ts'
import { nameOfType } from './names.ts'
import { PreviewId } from './previews.ts'
import { FavouriteChange, NewDirect, ReadMark } from './rooms.ts'
import { SavedQuery } from './saved.ts'
import { SearchQuery } from './search.ts'
import { FollowedQuery, ThreadRead } from './threads.ts'

/** The client chooses it for a command; the reply or error has the same one. */
export const Ref = Type.Union([Type.String({ maxLength: 128 }), Type.Number()], { examples: [1] })
export type Ref = Static<typeof Ref>

const room = RoomAddress
const command = <Name extends string, Fields extends Record<string, TSchema>>(type: Name, fields: Fields) =>
  Type.Object(
    { type: Type.Literal(type), ref: Type.Optional(Ref), ...fields },
    { $id: nameOfType(type), additionalProperties: false },
  )

/** Every command that a client can send, by name. On `/ws/{room}`, `room` is optional. */
export const commands = {
  'room.subscribe': command('room.subscribe', {
    room,
    since: Type.Optional(
      Type.Object(
        { epoch: Epoch, seq: Position },
        {
          additionalProperties: false,
          examples: [{ epoch: '1a88f3d2c4b5', seq: 3 }],
          description: 'The last event that you have seen.',
        },
      ),
    ),
    history: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: defaultLimits.page,
        description:
          'How many of the latest messages to get. By default 50 if the reply has `mode: "reset"`, otherwise 0.',
      }),
    ),
  }),
  'room.unsubscribe': command('room.unsubscribe', { room }),
  'room.join': command('room.join', { room }),
  'room.leave': command('room.leave', { room }),
  'message.send': command('message.send', { room, ...NewMessage.properties }),
  'message.edit': command('message.edit', { room, seq: Seq, content: Content }),
  'message.delete': command('message.delete', { room, seq: Seq }),
  'message.list': command('message.list', { room, ...HistoryQuery.properties }),
  'version.list': command('version.list', { room, seq: Seq, ...VersionsQuery.properties }),
  'thread.list': command('thread.list', { room, seq: Seq, ...HistoryQuery.properties }),
  'thread.follow': command('thread.follow', { room, seq: Seq }),
  'thread.unfollow': command('thread.unfollow', { room, seq: Seq }),
  'thread.read': command('thread.read', { room, seq: Seq, ...ThreadRead.properties }),
  'thread.followed': command('thread.followed', FollowedQuery.properties),
  'saved.add': command('saved.add', { room, seq: Seq }),
  'saved.remove': command('saved.remove', { room, seq: Seq }),
  'saved.list': command('saved.list', SavedQuery.properties),
  'keyword.list': command('keyword.list', {}),
  'keyword.set': command('keyword.set', KeywordsChange.properties),
  'message.search': command('message.search', SearchQuery.properties),
  'reaction.add': command('reaction.add', { room, seq: Seq, emoji: Emoji }),
  'reaction.remove': command('reaction.remove', { room, seq: Seq, emoji: Emoji }),
  'reaction.list': command('reaction.list', { room, seq: Seq, ...ReactionsQuery.properties }),
  'preview.remove': command('preview.remove', { room, seq: Seq, preview: PreviewId }),
  'pin.add': command('pin.add', { room, seq: Seq }),
  'pin.remove': command('pin.remove', { room, seq: Seq }),
  'read.mark': command('read.mark', { room, ...ReadMark.properties }),
  'favourite.set': command('favourite.set', { room, ...FavouriteChange.properties }),
  'section.set': command('section.set', { room, ...RoomPlace.properties }),
  'arrangement.set': command('arrangement.set', ArrangementChange.properties),
  'typing.start': command('typing.start', { room }),
  'presence.list': command('presence.list', { room }),
  'direct.open': command('direct.open', NewDirect.properties),
  'session.renew': command('session.renew', { token: Type.String({ maxLength: 4096, examples: ['eyJ…'] }) }),
  ping: command('ping', {}),
} as const

export type CommandName = keyof typeof commands
export type Command<Name extends CommandName = CommandName> = Static<(typeof commands)[Name]>
/** The fields of a command without `type` and `ref`: what a verb receives. */
export type Params<Name extends CommandName> = Omit<Command<Name>, 'type' | 'ref'>
