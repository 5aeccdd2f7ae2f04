import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Arrangement, RoomPlace } from './arrangements.ts'
import type { Budget } from './budgets.ts'
import type { CommandName } from './commands.ts'
import { Time } from './fields.ts'
import { Subscribed } from './frames.ts'
import { Keywords } from './keywords.ts'
import { MessagePage, ReactionPage, Sent, SentMessage, ThreadPage, VersionPage } from './messages.ts'
import { Preview } from './previews.ts'
import { ReadMarked, Room } from './rooms.ts'
import type { Permit } from './route.ts'
import { SavedMark, SavedPage } from './saved.ts'
import { SearchPage } from './search.ts'
import { FollowedPage, ThreadMark } from './threads.ts'

type CommandRow = {
  summary: string
  /** What an API token needs. */
  permit: Permit
  /** The budget that it spends from. */
  budget: Budget
  /** The `data` of the reply. */
  reply: TSchema
}

const room = Type.String({ examples: ['general'] })
const OfRoom = Type.Object({ room }, { $id: 'OfRoom' })

/** Everything about each command except its fields, as routes have it in their rows. A missing command is a compile error. */
export const commandRows = {
  'room.subscribe': {
    summary: 'Receive everything that happens in a room. With `since`, also everything that you have missed.',
    permit: 'read',
    budget: 'subscribe',
    reply: Subscribed,
  },
  'room.unsubscribe': {
    summary: 'Stop receiving the events of a room. You stay a member.',
    permit: 'read',
    budget: 'signal',
    reply: OfRoom,
  },
  'room.join': {
    summary: 'Become a member of an open room. If you are one already, nothing changes.',
    permit: 'write',
    budget: 'write',
    reply: Room,
  },
  'room.leave': {
    summary: 'Stop being a member of a room. You cannot leave a direct room.',
    permit: 'write',
    budget: 'write',
    reply: OfRoom,
  },
  'message.send': {
    summary:
      'Send a message to a room. If you send it again with the same `client_id`, it stays one message.',
    permit: 'write',
    budget: 'message',
    reply: SentMessage,
  },
  'message.edit': {
    summary: 'Change your message.',
    permit: 'write',
    budget: 'write',
    reply: Sent,
  },
  'message.delete': {
    summary: 'Delete a message (its author, moderators). A tombstone takes its place.',
    permit: 'write',
    budget: 'write',
    reply: Sent,
  },
  'message.list': {
    summary: 'Get a page of messages, in ascending order. Without `before` and `after`: the latest.',
    permit: 'read',
    budget: 'read',
    reply: MessagePage,
  },
  'version.list': {
    summary: 'Get the texts that a message has had, in their order: as it was sent, and after each edit.',
    permit: 'read',
    budget: 'read',
    reply: VersionPage,
  },
  'thread.list': {
    summary: 'Get a page of a thread, by the message that it begins with or by a reply, in ascending order.',
    permit: 'read',
    budget: 'read',
    reply: ThreadPage,
  },
  'thread.follow': {
    summary: 'Follow a thread: it is in your list of threads, and you hear of its replies.',
    permit: 'write',
    budget: 'write',
    reply: ThreadMark,
  },
  'thread.unfollow': {
    summary: 'Stop following a thread, until you reply to it again.',
    permit: 'write',
    budget: 'write',
    reply: ThreadMark,
  },
  'thread.read': {
    summary: 'Mark a thread that you follow as read up to a `seq`. The read mark of its room does not move.',
    permit: 'write',
    budget: 'write',
    reply: ThreadMark,
  },
  'thread.followed': {
    summary: 'Get a page of the threads that you follow, those with the newest replies first.',
    permit: 'read',
    budget: 'read',
    reply: FollowedPage,
  },
  'saved.add': {
    summary: 'Save a message for later. If you have saved it already, nothing changes.',
    permit: 'write',
    budget: 'write',
    reply: SavedMark,
  },
  'saved.remove': {
    summary: 'Remove a message from those that you have saved.',
    permit: 'write',
    budget: 'write',
    reply: SavedMark,
  },
  'saved.list': {
    summary: 'Get a page of the messages that you have saved, what you saved last first.',
    permit: 'read',
    budget: 'read',
    reply: SavedPage,
  },
  'keyword.list': {
    summary: 'Get your keywords: words that count as a mention of you.',
    permit: 'read',
    budget: 'read',
    reply: Keywords,
  },
  'keyword.set': {
    summary: 'Set your keywords. They replace your previous keywords, and count from now on.',
    permit: 'write',
    budget: 'write',
    reply: Keywords,
  },
  'message.search': {
    summary: 'Search the messages of your rooms, newest first.',
    permit: 'read',
    budget: 'search',
    reply: SearchPage,
  },
  'reaction.add': {
    summary: 'Add a reaction to a message. If you have added it already, nothing changes.',
    permit: 'write',
    budget: 'write',
    reply: Sent,
  },
  'reaction.remove': {
    summary: 'Remove your reaction.',
    permit: 'write',
    budget: 'write',
    reply: Sent,
  },
  'reaction.list': {
    summary: 'List who reacted to a message, by emoji. `next` of an emoji leads to more people.',
    permit: 'read',
    budget: 'read',
    reply: ReactionPage,
  },
  'preview.remove': {
    summary: 'Remove the preview of a link (the author of the message, moderators). The link stays.',
    permit: 'write',
    budget: 'write',
    reply: Type.Object(
      { room, seq: Type.Integer({ examples: [3] }), previews: Type.Array(Preview) },
      { $id: 'PreviewRemoved' },
    ),
  },
  'pin.add': {
    summary: 'Pin a message (moderators only).',
    permit: 'write',
    budget: 'write',
    reply: Sent,
  },
  'pin.remove': {
    summary: 'Unpin a message (moderators only).',
    permit: 'write',
    budget: 'write',
    reply: Sent,
  },
  'read.mark': {
    summary:
      'Move your read mark forward to a `seq`, or mark messages as unread: it moves backwards only with `unread`.',
    permit: 'write',
    budget: 'write',
    reply: ReadMarked,
  },
  'favourite.set': {
    summary: 'Mark a room as your favourite, or end that. All your sockets get `favourite.changed`.',
    permit: 'write',
    budget: 'write',
    reply: Type.Object({ room, favourite: Type.Boolean() }, { $id: 'FavouriteResult' }),
  },
  'section.set': {
    summary: 'Move a room into one of your sections, or out of it. All your sockets get `section.changed`.',
    permit: 'write',
    budget: 'write',
    reply: Type.Object({ room, ...RoomPlace.properties }, { $id: 'SectionResult' }),
  },
  'arrangement.set': {
    summary:
      'Sort your list of rooms, and create, rename, order and delete your sections of it. All your sockets get `arrangement.changed`.',
    permit: 'write',
    budget: 'write',
    reply: Arrangement,
  },
  'typing.start': {
    summary: 'Show the room that you are typing. This ends after 6 s: send it again while you type.',
    permit: 'write',
    budget: 'signal',
    reply: OfRoom,
  },
  'presence.list': {
    summary: 'List the members of a room who are online.',
    permit: 'read',
    budget: 'read',
    reply: Type.Object(
      {
        room,
        count: Type.Integer({ examples: [2], description: 'How many members are online.' }),
        online: Type.Array(Type.String(), {
          examples: [['ben', 'cleo']],
          description: 'Usernames, sorted. In a big room not all of them.',
        }),
      },
      { $id: 'PresenceListed' },
    ),
  },
  'direct.open': {
    summary: 'Get the direct room of you and these people. It is created the first time.',
    permit: 'write',
    budget: 'create',
    reply: Room,
  },
  'session.renew': {
    summary: 'Give the open socket a new access token of the same session.',
    permit: 'person',
    budget: 'signal',
    reply: Type.Object({ expires_at: Time }, { $id: 'SessionRenewed' }),
  },
  ping: {
    summary: 'Check that the server replies.',
    permit: 'read',
    budget: 'signal',
    reply: Type.Object({}, { $id: 'Pong' }),
  },
} as const satisfies Record<CommandName, CommandRow>

export type ReplyData<Name extends CommandName> = Static<(typeof commandRows)[Name]['reply']>
