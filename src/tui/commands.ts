import type { Client } from '../sdk/client.ts'
import type { Sending } from '../sdk/sendings.ts'
import type { Message, RoomState } from '../sdk/state.ts'
import { noteAbsent } from './absent.ts'
import { type CommandContext, UsageError } from './command-context.ts'
import { fileCommands } from './file-commands.ts'
import { helpLines } from './help.ts'
import { joinOnce } from './live.ts'
import { mentionCommands } from './mention-commands.ts'
import { searchMessages } from './search.ts'
import { myRooms, titleOf } from './sidebar.ts'
import { setStatus, showPerson, statusOf } from './status-commands.ts'
import { listThreads, threadHelp, threadLines } from './thread.ts'

export type Command = {
  usage: string
  meaning: string
  run(context: CommandContext, args: string): Promise<void> | void
}

const quit: Command = {
  usage: '/quit, /logout',
  meaning: 'quit; sign out for good',
  run: ({ quit }) => quit(),
}

/** In one line of the help, which has to fit on a screen of 24 lines. */
const going = { usage: '/leave, /decline [r]', meaning: 'leave a room; decline an invitation' }

const people = { usage: '/who [user], /status', meaning: 'list members; say what you do' }

/** The commands, by the word after the slash. */
export const commands: Record<string, Command> = {
  help: {
    usage: '/help',
    meaning: 'show this help',
    run: ({ notice }) => notice(helpLines(Object.values(commands))),
  },
  rooms: { usage: '/rooms', meaning: 'list the rooms', run: listRooms },
  join: {
    usage: '/join <room>',
    meaning: 'join a room and show it',
    async run({ client, show }, args) {
      const room = args.replace(/^#/, '') || wrong('/join <room>')
      await joinOnce(client, room)
      await show(room)
    },
  },
  leave: {
    ...going,
    async run({ client, room, notice }, args) {
      const { id } = args ? { id: args } : here(room())
      await client.room(id).leave()
      notice([`You have left ${id}.`])
    },
  },
  decline: {
    ...going,
    async run({ client, notice }, args) {
      const room = args.replace(/^#/, '') || wrong('/decline <room>')
      await client.declineInvitation(room)
      notice(['The invitation is declined.'])
    },
  },
  show: {
    usage: '/show #n',
    meaning: 'show the message of a blocked person',
    run({ client, room, unfold }, args) {
      const { seq } = target(client, room(), args, () => false)
      unfold(here(room()).id, seq)
    },
  },
  msg: {
    usage: '/msg <user> [text]',
    meaning: 'send a direct message',
    async run({ client, show }, args) {
      const [, username, text] = /^@?(\S+)\s*([\s\S]*)$/.exec(args) ?? wrong('/msg <user> [text]')
      const { id } = await client.openDirect([username!])
      await show(id)
      if (text) void client.room(id).send(text)
    },
  },
  search: { usage: '/search <words>', meaning: 'find messages in your rooms', run: searchMessages },
  who: {
    ...people,
    run: (context, args) => (args ? showPerson(context, args) : listPeople(context)),
  },
  status: { ...people, run: setStatus },
  me: {
    usage: '/me <does>',
    meaning: 'send an action: /me waves',
    run(context, args) {
      sent(context, handle(context).send(`*${args.replaceAll('*', '') || wrong('/me <does>')}*`))
    },
  },
  reply: {
    usage: '/reply [#n] <text>',
    meaning: 'reply to #n, or to the last of others',
    run(context, args) {
      const { client, room } = context
      const { seq, rest } = target(client, room(), args, (message, me) => message.author.username !== me)
      sent(context, handle(context).reply(seq, rest || wrong('/reply [#n] <text>')))
    },
  },
  threads: { ...threadHelp, run: listThreads },
  thread: {
    ...threadHelp,
    async run({ client, room, notice, hides }, args) {
      const { seq } = target(
        client,
        room(),
        args,
        ({ thread, thread_seq }) => (thread ?? thread_seq) !== undefined,
      )
      using thread = await client.room(here(room()).id).thread(seq).open()
      notice(threadLines(thread, hides()))
    },
  },
  edit: {
    usage: '/edit [#n] [text]',
    meaning: 'edit #n, or your last message',
    async run({ client, room, compose }, args) {
      const { seq, rest, message } = target(client, room(), args, isMine)
      if (!rest) return compose(`/edit #${seq} ${message?.content ?? ''}`)
      await client.room(here(room()).id).edit(seq, rest)
    },
  },
  delete: {
    usage: '/delete [#n]',
    meaning: 'delete #n, or your last message',
    async run({ client, room }, args) {
      const { seq } = target(client, room(), args, isMine)
      await client.room(here(room()).id).delete(seq)
    },
  },
  react: {
    usage: '/react [#n] <emoji>',
    meaning: 'add or remove a reaction',
    async run({ client, room }, args) {
      const { seq, rest: emoji, message } = target(client, room(), args, () => true)
      if (!emoji) wrong('/react [#n] <emoji>')
      const mine = message?.reactions.some((reaction) => reaction.emoji === emoji && reaction.mine)
      const handle = client.room(here(room()).id)
      await (mine ? handle.unreact(seq, emoji) : handle.react(seq, emoji))
    },
  },
  retry: {
    usage: '/retry, /discard',
    meaning: 'send or discard refused messages',
    run: ({ client, room }) => refusedIn(room()).forEach((id) => void client.room(here(room()).id).retry(id)),
  },
  discard: {
    usage: '/retry, /discard',
    meaning: 'send or discard refused messages',
    run: ({ client, room }) => refusedIn(room()).forEach((id) => client.room(here(room()).id).discard(id)),
  },
  ...fileCommands,
  ...mentionCommands,
  logout: {
    // One line of the help with /quit: it has to fit on a screen of 24 lines.
    usage: '/quit, /logout',
    meaning: 'quit; sign out for good',
    run: ({ client }) => client.logOut(),
  },
  quit,
  exit: quit,
  q: quit,
}

/** Runs a line: a command, or a message to the room in view. `//` begins a message with a slash. */
export async function runLine(context: CommandContext, line: string): Promise<void> {
  const [, name, args] = /^\/([a-z]+)(?:\s+([\s\S]*))?$/i.exec(line) ?? []
  if (!line.startsWith('/') || line.startsWith('//')) {
    sent(context, handle(context).send(line.replace(/^\/\//, '/')))
    return
  }
  const command =
    name && Object.hasOwn(commands, name.toLowerCase()) ? commands[name.toLowerCase()] : undefined
  if (!command)
    throw new UsageError(
      `Unknown command ${line.split(/\s/)[0]}. See /help, or type // to begin a message with a slash.`,
    )
  await command.run(context, args?.trim() ?? '')
}

const handle = ({ client, room }: CommandContext) => client.room(here(room()).id)

const sent = ({ notice }: CommandContext, sending: Sending): void =>
  noteAbsent(sending, (line) => notice([line]))

function here(room: RoomState | undefined): RoomState {
  if (!room) throw new UsageError('You are not in a room. See /rooms, then /join one.')
  return room
}

function wrong(usage: string): never {
  throw new UsageError(`Usage: ${usage}`)
}

const isMine = ({ author }: Message, me: string | undefined) => author.username === me

/** The message that `#12` names; without a number, the last one that matches. */
function target(
  client: Client,
  room: RoomState | undefined,
  args: string,
  isMeant: (message: Message, me: string | undefined) => boolean,
): { seq: number; rest: string; message: Message | undefined } {
  const { messages } = here(room)
  const [, number, rest] = /^#(\d{1,15})(?:\s+([\s\S]*))?$/.exec(args) ?? []
  if (number) {
    const seq = Number(number)
    return { seq, rest: rest ?? '', message: messages.find((message) => message.seq === seq) }
  }
  const me = client.state.me?.username
  const message = messages.findLast((each) => !each.deleted_at && isMeant(each, me))
  if (!message) throw new UsageError('No such message here. Name one by its number, as in #12.')
  return { seq: message.seq, rest: args, message }
}

const refusedIn = (room: RoomState | undefined): string[] =>
  here(room).pending.flatMap(({ state, client_id }) => (state === 'failed' ? [client_id] : []))

async function listRooms({ client, notice }: CommandContext): Promise<void> {
  const listed = await client.loadRooms()
  const mine = new Set(myRooms(client.state).map(({ id }) => id))
  const under = (heading: string, rooms: string[]) => (rooms.length === 0 ? [] : [heading, ...rooms])
  const rows = [
    ...under(
      'Your rooms:',
      myRooms(client.state).map((room) => `  ${room.id}  ${titleOf(room, client.state)}`),
    ),
    ...under(
      'Rooms you can join:',
      listed.filter(({ id }) => !mine.has(id)).map(({ id, title }) => `  ${id}  ${title}`),
    ),
  ]
  notice(rows.length > 0 ? rows : ['There are no rooms that you can see.'])
}

async function listPeople({ client, room, notice }: CommandContext): Promise<void> {
  const { id, title } = here(room())
  const members = await client.room(id).members()
  const { online } = here(room())
  notice([
    `In ${title}:`,
    ...members.map(({ username, display_name, role, custom_status }) => {
      const name = display_name && display_name !== username ? ` (${display_name})` : ''
      const rank = role === 'member' ? '' : `, ${role}`
      const doing = statusOf(custom_status)
      return `  ${username}${name}: ${online.includes(username) ? 'online' : 'offline'}${rank}${doing && `, ${doing}`}`
    }),
  ])
}
