import type { User } from '../../protocol/users.ts'
import type { RoomState } from '../../sdk/state.ts'
import { isMentionAfter } from '../../text/markdown/mentions.ts'
import { powersIn } from '../ground/powers.ts'
import { fold } from '../ground/search.ts'
import { say } from '../language/say.ts'
import { deletedUser, namesIn } from '../people/people.ts'
import { nameOf, searchEmoji } from '../text/emoji/emoji.ts'
import { labelOf } from '../text/emoji/label.ts'
import { slashes, slashesFor, usageOf } from './slash.ts'

/** The word before the caret that can be completed: where it begins, and what is typed of it. */
export type Asked = { kind: 'person' | 'emoji' | 'room' | 'command'; from: number; query: string }

/** `text` replaces the word. */
export type Suggestion = { key: string; text: string; name: string; note?: string; sign?: string }

const most = 8
/** The longest username, or two words of a name, and the sign in front. */
const furthest = 66
const lately = 200

/** Also a second word, because people type the display names that they see. */
const person = /[@＠]((?:[\p{L}\p{N}_.-]{1,32}(?: [\p{L}\p{N}_.'-]{1,32})?)?)$/u
/** Not in a time, an address, or `::`. */
const emoji = /(?<![\p{L}\p{N}:])(?<!\/):([\p{L}\p{N}+_-]{2,32})$/u
/** Not the first sign: people number things with `#1`. */
const roomName = /(?<![\p{L}\p{N}_#/&])#([\p{L}\p{N}_-]{2,32})$/u
/** Only at the beginning of a message. */
const command = /^\/([a-z]{0,20})$/
const insideWord = /^[\p{L}\p{N}_]/u

export function askedAt(text: string, caret: number): Asked | undefined {
  if (insideWord.test(text.slice(caret, caret + 2))) return undefined
  const slash = command.exec(text.slice(0, caret))
  if (slash) return { kind: 'command', from: 0, query: slash[1]! }
  const before = text.slice(Math.max(0, caret - furthest), caret)
  const name = person.exec(before)
  if (name && isMentionAfter(before, name.index))
    return { kind: 'person', from: caret - name[0].length, query: name[1]! }
  const sign = emoji.exec(before)
  if (sign) return { kind: 'emoji', from: caret - sign[0].length, query: sign[1]! }
  const place = roomName.exec(before)
  if (place) return { kind: 'room', from: caret - place[0].length, query: place[1]! }
  return undefined
}

/** `titles` of the rooms that may be named. */
export const suggestionsFor = (
  { kind, query }: Asked,
  room: RoomState,
  me: User | undefined,
  titles: ReadonlyMap<string, string> = new Map(),
): Suggestion[] => {
  if (kind === 'command') return commandsFor(query, room, me)
  if (kind === 'room') return roomsFor(query, titles)
  return kind === 'person' ? peopleFor(query, room, me) : emojiFor(query)
}

function roomsFor(query: string, titles: ReadonlyMap<string, string>): Suggestion[] {
  const wanted = fold(query)
  return [...titles]
    .filter(([id, title]) => begins(fold(title), wanted) || id.startsWith(wanted))
    .sort(([, one], [, other]) => one.localeCompare(other))
    .slice(0, most)
    .map(([id, title]) => ({
      key: id,
      text: `#${id} `,
      name: title,
      ...(id === title ? {} : { note: `#${id}` }),
    }))
}

/** What you may do here by a slash, with what each does. */
const commandsFor = (query: string, room: RoomState, me: User | undefined): Suggestion[] =>
  slashesFor(query, powersIn(room, me)).map((name) => ({
    key: name,
    text: slashes[name].needs ? `/${name} ` : `/${name}`,
    name: usageOf(name),
    note: say(`slash.${name}`),
  }))

/** People who are online first, then those who wrote last, then by name. */
function peopleFor(query: string, room: RoomState, me: User | undefined): Suggestion[] {
  const names = new Map([...room.online, ...(room.people ?? [])].map((username) => [username, username]))
  for (const [username, name] of namesIn(room)) names.set(username, name)
  for (const nobody of [me?.username ?? '', deletedUser]) names.delete(nobody)
  const wanted = fold(query)
  // `@ben and` is a sentence, no longer a search.
  if (query.includes(' ') && isKnown(wanted.slice(0, wanted.indexOf(' ')), names, me)) return []

  const online = new Set(room.online)
  const wrote = new Map(room.messages.slice(-lately).map(({ author, seq }) => [author.username, seq]))
  return [...names]
    .filter(([username, name]) => begins(fold(name), wanted) || begins(username, wanted))
    .sort(
      ([a, nameOfA], [b, nameOfB]) =>
        Number(b === wanted) - Number(a === wanted) ||
        Number(online.has(b)) - Number(online.has(a)) ||
        (wrote.get(b) ?? 0) - (wrote.get(a) ?? 0) ||
        nameOfA.localeCompare(nameOfB) ||
        (a < b ? -1 : 1),
    )
    .map(([username, name]) => ({ key: username, text: `@${username} `, name, note: `@${username}` }))
    .concat(everybodyFor(wanted, room, me))
    .slice(0, most)
}

/** `@room` and `@here`, behind the people, for those whose words mean everybody. */
function everybodyFor(wanted: string, room: RoomState, me: User | undefined) {
  const may =
    room.mention_room === 'members' ||
    (room.role !== undefined && room.role !== 'member') ||
    (me?.roles.includes('admin') ?? false)
  if (!wanted || !may) return []
  return (['room', 'here'] as const)
    .filter((word) => word.startsWith(wanted))
    .map((word) => ({ key: word, text: `@${word} `, name: say(`compose.${word}`), note: `@${word}` }))
}

const isKnown = (username: string, names: ReadonlyMap<string, string>, me: User | undefined) =>
  names.has(username) || username === me?.username

/** Whether the text, or a word in it, begins with `wanted`. */
function begins(text: string, wanted: string): boolean {
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1))
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]!)) return true
  return false
}

/** Names from other chats that the emoji's own name does not contain. */
const nicknames: readonly (readonly [string, string])[] = [
  ['+1', '👍'],
  ['-1', '👎'],
  ['tada', '🎉'],
  ['joy', '😂'],
  ['lol', '😂'],
  ['smile', '😄'],
  ['sad', '😢'],
  ['wave', '👋'],
  ['pray', '🙏'],
  ['thanks', '🙏'],
  ['shrug', '🤷'],
  ['sob', '😭'],
]

function emojiFor(query: string): Suggestion[] {
  const wanted = query.toLowerCase()
  const nicknamed = nicknames.filter(([name]) => name.startsWith(wanted)).map(([, sign]) => sign)
  const named = searchEmoji(wanted.replaceAll('_', ' ')).map((found) => found.emoji)
  return [...new Set([...nicknamed, ...named])].slice(0, most).map((sign) => {
    const name = labelOf(sign)
    // The English name by which it was found, where the label is another.
    const note = name === sign ? nameOf(sign) : undefined
    return { key: sign, text: `${sign} `, name, sign, ...(note ? { note } : {}) }
  })
}
