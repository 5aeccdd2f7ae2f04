import type { Client } from '../sdk/client.ts'
import type { Message, RoomState } from '../sdk/state.ts'
import { type Desk, WrongWords } from './command-context.ts'
import { helpLines } from './help.ts'
import { enterRoom } from './live.ts'
import { myRooms, titleOf } from './sidebar.ts'

export type Command = { usage: string; meaning: string; run(desk: Desk, words: string): Promise<void> | void }

const quit: Command = { usage: '/quit', meaning: 'leave (/exit, /q)', run: ({ quit }) => quit() }

/** What begins with a slash. */
export const commands: Record<string, Command> = {
  help: {
    usage: '/help',
    meaning: 'show this',
    run: ({ note }) => note(helpLines(Object.values(commands))),
  },
  rooms: { usage: '/rooms', meaning: 'list the rooms there are', run: listRooms },
  join: {
    usage: '/join <room>',
    meaning: 'go into a room',
    async run({ client, show }, words) {
      const room = words.replace(/^#/, '') || wrong('/join <room>')
      await enterRoom(client, room)
      await show(room)
    },
  },
  leave: {
    usage: '/leave [room]',
    meaning: 'stop being a member',
    async run({ client, room, note }, words) {
      const { id } = words ? { id: words } : here(room())
      await client.room(id).leave()
      note([`You have left ${id}.`])
    },
  },
  msg: {
    usage: '/msg <user> [text]',
    meaning: 'write to somebody directly',
    async run({ client, show }, words) {
      const [, username, text] = /^@?(\S+)\s*([\s\S]*)$/.exec(words) ?? wrong('/msg <user> [text]')
      const { id } = await client.openDirect([username!])
      await show(id)
      if (text) void client.room(id).send(text)
    },
  },
  who: { usage: '/who', meaning: 'say who is in this room', run: listPeople },
  me: {
    usage: '/me <does>',
    meaning: 'say what you do',
    run: ({ client, room }, words) =>
      void client.room(here(room()).id).send(`*${words.replaceAll('*', '') || wrong('/me <does>')}*`),
  },
  reply: {
    usage: '/reply [#n] <text>',
    meaning: 'answer #n, or the last of others',
    run({ client, room }, words) {
      const { seq, rest } = target(client, room(), words, (message, me) => message.author.username !== me)
      void client.room(here(room()).id).reply(seq, rest || wrong('/reply [#n] <text>'))
    },
  },
  edit: {
    usage: '/edit [#n] [text]',
    meaning: 'change #n, or your last message',
    async run({ client, room, compose }, words) {
      const { seq, rest, message } = target(client, room(), words, isMine)
      if (!rest) return compose(`/edit #${seq} ${message?.content ?? ''}`)
      await client.room(here(room()).id).edit(seq, rest)
    },
  },
  delete: {
    usage: '/delete [#n]',
    meaning: 'delete #n, or your last message',
    async run({ client, room }, words) {
      const { seq } = target(client, room(), words, isMine)
      await client.room(here(room()).id).delete(seq)
    },
  },
  react: {
    usage: '/react [#n] <emoji>',
    meaning: 'add a reaction, or take it back',
    async run({ client, room }, words) {
      const { seq, rest: emoji, message } = target(client, room(), words, () => true)
      if (!emoji) wrong('/react [#n] <emoji>')
      const mine = message?.reactions.some((reaction) => reaction.emoji === emoji && reaction.mine)
      const handle = client.room(here(room()).id)
      await (mine ? handle.unreact(seq, emoji) : handle.react(seq, emoji))
    },
  },
  retry: {
    usage: '/retry',
    meaning: 'send again what was refused',
    run: ({ client, room }) => refusedIn(room()).forEach((id) => void client.room(here(room()).id).retry(id)),
  },
  discard: {
    usage: '/discard',
    meaning: 'forget what was refused',
    run: ({ client, room }) => refusedIn(room()).forEach((id) => client.room(here(room()).id).discard(id)),
  },
  logout: {
    usage: '/logout',
    meaning: 'end the session, remembered or not',
    run: ({ client }) => client.logOut(),
  },
  quit,
  exit: quit,
  q: quit,
}

/** Does what a line says: a command, or a message to the room in view. `//` begins a message with a slash. */
export async function obey(desk: Desk, line: string): Promise<void> {
  const [, name, words] = /^\/([a-z]+)(?:\s+([\s\S]*))?$/i.exec(line) ?? []
  if (!line.startsWith('/') || line.startsWith('//')) {
    void desk.client.room(here(desk.room()).id).send(line.replace(/^\/\//, '/'))
    return
  }
  const command =
    name && Object.hasOwn(commands, name.toLowerCase()) ? commands[name.toLowerCase()] : undefined
  if (!command)
    throw new WrongWords(
      `There is no ${line.split(/\s/)[0]}: see /help, or write // for a message that begins with a slash.`,
    )
  await command.run(desk, words?.trim() ?? '')
}

function here(room: RoomState | undefined): RoomState {
  if (!room) throw new WrongWords('You are in no room: see /rooms, then /join one.')
  return room
}

function wrong(usage: string): never {
  throw new WrongWords(`It is ${usage}`)
}

const isMine = ({ author }: Message, me: string | undefined) => author.username === me

/** The message that `#12` names, or without it the last one of a kind. */
function target(
  client: Client,
  room: RoomState | undefined,
  words: string,
  isMeant: (message: Message, me: string | undefined) => boolean,
): { seq: number; rest: string; message: Message | undefined } {
  const { messages } = here(room)
  const [, number, rest] = /^#(\d{1,15})(?:\s+([\s\S]*))?$/.exec(words) ?? []
  if (number) {
    const seq = Number(number)
    return { seq, rest: rest ?? '', message: messages.find((message) => message.seq === seq) }
  }
  const me = client.state.me?.username
  const message = messages.findLast((each) => !each.deleted_at && isMeant(each, me))
  if (!message) throw new WrongWords('There is no such message here: name one by its number, as in #12.')
  return { seq: message.seq, rest: words, message }
}

const refusedIn = (room: RoomState | undefined): string[] =>
  here(room).pending.flatMap(({ state, client_id }) => (state === 'failed' ? [client_id] : []))

async function listRooms({ client, note }: Desk): Promise<void> {
  const listed = await client.loadRooms()
  const mine = new Set(myRooms(client.state).map(({ id }) => id))
  const under = (heading: string, rooms: string[]) => (rooms.length === 0 ? [] : [heading, ...rooms])
  const rows = [
    ...under(
      'Yours:',
      myRooms(client.state).map((room) => `  ${room.id}  ${titleOf(room, client.state)}`),
    ),
    ...under(
      'To join:',
      listed.filter(({ id }) => !mine.has(id)).map(({ id, title }) => `  ${id}  ${title}`),
    ),
  ]
  note(rows.length > 0 ? rows : ['There is no room that you may see.'])
}

async function listPeople({ client, room, note }: Desk): Promise<void> {
  const { id, title } = here(room())
  const members = await client.room(id).members()
  const { online } = here(room())
  note([
    `In ${title}:`,
    ...members.map(({ username, display_name, role }) => {
      const name = display_name && display_name !== username ? ` (${display_name})` : ''
      const rank = role === 'member' ? '' : `, ${role}`
      return `  ${username}${name}: ${online.includes(username) ? 'here' : 'away'}${rank}`
    }),
  ])
}
