import type { Message } from '../protocol/messages.ts'
import type { FollowedThread } from '../protocol/threads.ts'
import type { ThreadHandle } from '../sdk/threads.ts'
import { plainText } from '../text/markdown/plain.ts'
import { plainLine } from '../text/plain.ts'
import type { CommandContext } from './command-context.ts'
import { withNames } from './file-lines.ts'

const shown = 20
const longest = 60

/** A thread as the output of a command: its first message, the last replies, and how to reply. */
export function threadLines({ seq, state }: ThreadHandle, hides: (message: Message) => boolean): string[] {
  if (!state) return []
  const { root, messages, reachedStart } = state
  const replies = root.thread?.replies ?? 0
  return [
    `${repliesOf(replies)} to #${seq}:`,
    lineOf(root, hides),
    ...(reachedStart ? [] : [`  … older replies`]),
    ...messages.map((message) => `  ${lineOf(message, hides)}`),
    `/reply #${seq} <text> writes in this thread.`,
  ]
}

/** In one line of the help, which has to fit on a small screen. */
export const threadHelp = { usage: '/thread #n, /threads', meaning: 'show a thread; those you follow' }

/** The threads that this user follows, those with the newest replies last, as in a conversation. */
export async function listThreads({ client, notice, hides }: CommandContext): Promise<void> {
  const { items } = await client.loadThreads({ limit: shown })
  const isHidden = hides()
  const lines = items.map(({ room, seq, message, unread, last }: FollowedThread) => {
    const text = isHidden(message) ? '…' : plainLine(withNames(message.content, message))
    const cut = text.length > longest ? `${text.slice(0, longest - 1)}…` : text
    const newest = unread > 0 ? `${unread} new` : repliesOf(message.thread?.replies ?? 0)
    return plainLine(
      `${unread > 0 ? '•' : ' '} ${room} #${seq} ${cut} (${newest}, last @${last.author.username})`,
    )
  })
  notice(lines.length === 0 ? ['You follow no threads.'] : lines.reverse())
}

export const repliesOf = (replies: number): string => (replies === 1 ? '1 reply' : `${replies} replies`)

function lineOf(message: Message, hides: (message: Message) => boolean): string {
  const text = hides(message)
    ? `from a person you have blocked: /show #${message.seq}`
    : message.deleted_at
      ? 'deleted'
      : message.damaged
        ? 'damaged: the stored text cannot be read'
        : withNames(plainText(message.content), message)
  return `#${message.seq} ${message.author.username}: ${text}`
}
