import type { Message } from '../../protocol/messages.ts'
import type { User } from '../../protocol/users.ts'
import { changeMessages } from '../../sdk/change-message.ts'
import type { RoomState } from '../../sdk/state.ts'
import { mistakable } from '../../text/lookalikes.ts'
import { say, words } from '../language/say.ts'
import type { Words } from '../language/translations/types.ts'
import { deletedUser, namesIn } from './people.ts'

const none: ReadonlyMap<string, string> = new Map()

/** Names with the username after them, of the people whose name alone could be somebody else's. */
export function namesApart(names: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const people = new Map([...names].filter(([username]) => username !== deletedUser))
  const alike = mistakable(people)
  if (alike.size === 0) return none
  return new Map([...alike].map((username) => [username, withUsername(people.get(username)!, username)]))
}

const withUsername = (name: string, username: string) =>
  say('people.apart', { name, username: `@${username}` })

type Apart = ReadonlyMap<string, string>
type Found = { name: string | undefined; words: Words; apart: Apart }
const found = new WeakMap<ReadonlyMap<string, string>, Found>()

/** Those of one room, you among them. */
export function namesApartIn(room: RoomState, me: User | undefined): Apart {
  const here = namesIn(room)
  const known = found.get(here)
  if (known && known.name === me?.display_name && known.words === words.value) return known.apart
  const apart = namesApart(me ? new Map(here).set(me.username, me.display_name) : here)
  found.set(here, { name: me?.display_name, words: words.value, apart })
  return apart
}

const renamed = new WeakMap<Message, Message>()
const lists = new WeakMap<readonly Message[], { apart: Apart; messages: readonly Message[] }>()

/** The room with these names in it. A message, and a list of them, stays the same object while nothing in it changes. */
export function callApart(room: RoomState, apart: Apart): RoomState {
  if (apart.size === 0) return room
  const call = (message: Message): Message => {
    const display_name = apart.get(message.author.username)
    if (display_name === undefined) return message
    const before = renamed.get(message)
    if (before?.author.display_name === display_name) return before
    const after = { ...message, author: { ...message.author, display_name } }
    renamed.set(message, after)
    return after
  }
  const callAll = (messages: readonly Message[]): readonly Message[] => {
    const before = lists.get(messages)
    if (before?.apart === apart) return before.messages
    const after = messages.map(call)
    lists.set(messages, { apart, messages: after })
    return after
  }
  const { members } = room
  return {
    ...room,
    ...changeMessages(room, call, callAll),
    ...(members
      ? {
          members: members.map((member) => {
            const display_name = apart.get(member.username)
            return display_name === undefined ? member : { ...member, display_name }
          }),
        }
      : {}),
  }
}
