/**
 * A bot: PARLEY_URL=https://chat.example PARLEY_TOKEN=parley_… bun examples/bot.ts general
 *
 * It replies to `!help`, `!roll` and its own name. The server stores how far it has read, so that it continues there
 * after a restart. The `client_id` of a reply is derived from the message, so that no message gets two replies.
 */
import { apiTokenSession, createClient, RequestError } from '@parley/sdk'

const { PARLEY_URL: url = 'http://127.0.0.1:8000', PARLEY_TOKEN: token = '' } = process.env
const client = createClient({ url, session: apiTokenSession(token) })
client.connect()
await client.ready()

const me = client.state.me!.username
const room = client.room(process.argv[2] ?? 'general')
await room.join()
console.log(`${me} listens in ${room.id}`)

const commands: Record<string, (args: string) => string> = {
  '!help': () => `I know ${Object.keys(commands).join(', ')}.`,
  '!roll': (sides) => `It is a ${1 + Math.floor(Math.random() * (Number(sides) || 6))}.`,
}

function replyTo(content: string): string | undefined {
  const [command = '', ...args] = content.trim().split(/\s+/)
  if (Object.hasOwn(commands, command)) return commands[command]!(args.join(' '))
  return content.toLowerCase().includes(`@${me}`) ? 'At your service. Say !help.' : undefined
}

for await (const { seq, author, content } of room.messages({ after: room.state?.read_seq })) {
  const reply = author.username === me ? undefined : replyTo(content)
  if (reply !== undefined) {
    await room.reply(seq, reply, { client_id: `${room.state!.epoch}-${seq}` }).catch((error) => {
      // It replied differently before a crash: that reply stays.
      if (!(error instanceof RequestError && error.code === 'conflict')) throw error
    })
  }
  room.markRead(seq)
}
