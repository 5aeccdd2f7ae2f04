import { plainLine } from '../text/plain.ts'
import { excerptOf } from '../text/search/excerpt.ts'
import { type CommandContext, UsageError } from './command-context.ts'
import { withNames } from './file-lines.ts'
import { titleOf } from './sidebar.ts'

const mostListed = 10

/** Lists the newest messages that have these words. */
export async function searchMessages({ client, notice }: CommandContext, args: string): Promise<void> {
  if (!args) throw new UsageError('Usage: /search <words>')
  const lines: string[] = []
  let more = false
  for await (const { message, matches } of client.search({ q: args, limit: mostListed + 1 })) {
    if (lines.length === mostListed) {
      more = true
      break
    }
    const room = client.state.rooms[message.room]
    const where = room ? titleOf(room, client.state) : message.room
    const text = excerptOf(message.content, matches, 160)
      .map(({ text, marked }) => (marked ? `[${text}]` : text))
      .join('')
    const when = new Date(message.created_at).toLocaleString(undefined, {
      dateStyle: 'medium',
      timeStyle: 'short',
    })
    lines.push(
      plainLine(
        `  ${where} #${message.seq}, ${message.author.username}, ${when}: ${withNames(text, message)}`,
      ),
    )
  }
  const title = lines.length === 0 ? 'No message was found.' : 'Found, the newest first:'
  notice([title, ...lines, ...(more ? ['There are more: add a word to narrow it down.'] : [])])
}
