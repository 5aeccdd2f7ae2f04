import type { MentionItem } from '../protocol/mentions.ts'
import { plainLine } from '../text/plain.ts'
import { type CommandContext, UsageError } from './command-context.ts'
import { withNames } from './file-lines.ts'

const shown = 20
const longest = 80

/** Who meant this user, the newest last, as in a conversation. */
export async function listMentions({ client, notice }: CommandContext): Promise<void> {
  const { items } = await client.loadMentions({ limit: shown })
  notice(items.length === 0 ? ['Nobody has mentioned you.'] : items.map(mentionLine).reverse())
}

function mentionLine({ room, seq, kind, message, read, actor, emoji = '' }: MentionItem): string {
  const who = (actor ?? message.author).username
  const what = kind === 'reaction' ? `reacted ${emoji} to` : kind === 'reply' ? 'replied:' : 'wrote:'
  const text = plainLine(withNames(message.content, message))
  const cut = text.length > longest ? `${text.slice(0, longest - 1)}…` : text
  return plainLine(`${read ? ' ' : '•'} ${room} #${seq} @${who} ${what} ${cut}`)
}

const hourMs = 3_600_000
const units: Record<string, number> = { m: hourMs / 60, h: hourMs, d: 24 * hourMs }
const usage = '/mute [2h|off]'

/** Until a time, for example `30m`, `8h` or `2d`; without one until it is turned off. */
export async function mute({ client, room, notice }: CommandContext, args: string): Promise<void> {
  const here = room()
  if (!here) throw new UsageError('You are not in a room. See /rooms, then /join one.')
  const handle = client.room(here.id)
  if (args === 'off') {
    await handle.mute()
    if (here.notify === 'nothing') await handle.setNotify('all')
    return notice([`${here.id} notifies you again.`])
  }
  if (args === '') {
    await handle.setNotify('nothing')
    return notice([`${here.id} is muted. /mute off ends that.`])
  }
  const [, amount, unit] = /^(\d{1,3})([mhd])$/.exec(args) ?? []
  if (!amount || Number(amount) === 0) throw new UsageError(`Usage: ${usage}`)
  const until = new Date(Date.now() + Number(amount) * units[unit!]!)
  await handle.mute(until)
  notice([
    `${here.id} is muted until ${until.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}.`,
  ])
}

/** In one line of the help, which has to fit on a small screen. */
const inHelp = {
  usage: '/mentions /keywords',
  meaning: 'for you; /mute, /unread #n',
}

export const mentionCommands = {
  mentions: { ...inHelp, run: listMentions },
  unread: {
    ...inHelp,
    async run({ client, room, notice }: CommandContext, args: string) {
      const [, seq] = /^#(\d{1,15})$/.exec(args) ?? []
      const here = room()
      if (!seq || !here) throw new UsageError('Usage: /unread #n')
      await client.room(here.id).markUnread(Number(seq))
      notice([`Unread from #${seq} on, until you open ${here.id} again.`])
    },
  },
  mute: { ...inHelp, run: mute },
  keywords: {
    ...inHelp,
    /** `/keywords tide, harbour` sets them, `/keywords off` removes all. */
    async run({ client, notice }: CommandContext, args: string) {
      const written = args === 'off' ? [] : args.split(',').map((each) => each.trim())
      const words = args === '' ? await client.loadKeywords() : await client.setKeywords(written)
      notice([words.length === 0 ? 'You have no keywords.' : `Your keywords: ${words.join(', ')}`])
    },
  },
}
