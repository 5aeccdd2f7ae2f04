import type { Message } from '../protocol/messages.ts'
import type { CustomStatus } from '../protocol/profile.ts'
import type { Author } from '../protocol/users.ts'
import { changeMessages, eachThread } from './change-message.ts'
import type { RoomMember, RoomState } from './state.ts'

type Profile = Author & { custom_status?: CustomStatus }

/** The room with this person as they are called and look now: in the list of members and in every message. */
export function withProfile(
  room: RoomState,
  { custom_status, ...author }: Profile,
  me: string | undefined,
): RoomState {
  const { username } = author
  const call = (message: Message): Message =>
    message.author.username === username ? { ...message, author } : message
  /** The same list if nothing of theirs is in it: a room may have 100,000 messages. */
  const callAll = (messages: readonly Message[]): readonly Message[] =>
    messages.some((message) => message.author.username === username) ? messages.map(call) : messages
  const { members, threads } = room
  return {
    ...room,
    ...changeMessages(room, call, callAll),
    ...(members?.some((member) => member.username === username)
      ? {
          members: members.map((member) =>
            member.username === username ? withFace(member, author, custom_status) : member,
          ),
        }
      : {}),
    ...(threads
      ? {
          threads: eachThread(threads, (thread) => ({
            ...thread,
            root: call(thread.root),
            messages: callAll(thread.messages),
          })),
        }
      : {}),
    // A direct room of two looks like the other person.
    ...(room.access === 'direct' && room.people?.length === 2 && username !== me
      ? { avatar: author.avatar, custom_status }
      : {}),
  }
}

function withFace(
  { avatar: _, custom_status: __, ...member }: RoomMember,
  { display_name, avatar }: Author,
  custom_status: CustomStatus | undefined,
): RoomMember {
  return {
    ...member,
    display_name,
    ...(avatar === undefined ? {} : { avatar }),
    ...(custom_status === undefined ? {} : { custom_status }),
  }
}
