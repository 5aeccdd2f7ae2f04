/**
 * A bot: PARLEY_URL=https://chat.example PARLEY_TOKEN=parley_… bun examples/bot.ts general
 *
 * It answers `!help`, `!roll` and its own name. The server keeps how far it has read, so that after a pause it goes on
 * where it stood; an answer is named after its question, so that no question is answered twice.
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

const commands: Record<string, (words: string) => string> = {
  '!help': () => `I know ${Object.keys(commands).join(', ')}.`,
  '!roll': (sides) => `It is a ${1 + Math.floor(Math.random() * (Number(sides) || 6))}.`,
}

function answerTo(content: string): string | undefined {
  const [command = '', ...words] = content.trim().split(/\s+/)
  if (Object.hasOwn(commands, command)) return commands[command]!(words.join(' '))
  return content.toLowerCase().includes(`@${me}`) ? 'At your service. Say !help.' : undefined
}

for await (const { seq, author, content } of room.messages({ after: room.state?.read_seq })) {
  const answer = author.username === me ? undefined : answerTo(content)
  if (answer !== undefined) {
    await room.reply(seq, answer, { client_id: `${room.state!.epoch}-${seq}` }).catch((error) => {
      // Before a crash it said something else: that stands.
      if (!(error instanceof RequestError && error.code === 'conflict')) throw error
    })
  }
  room.markRead(seq)
}
