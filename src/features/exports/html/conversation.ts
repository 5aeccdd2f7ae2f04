import { createBounded } from '../../../bounded.ts'
import type { Message } from '../../../protocol/messages.ts'
import type { ExportFile } from '../zip.ts'
import { escaped, foot, head } from './html.ts'
import { type Answered, excerptOf, messageHtml, type Shown } from './message.ts'
import type { Times } from './times.ts'

/** A browser opens a page of this many messages at once. Longer conversations have more pages. */
const messagesPerPage = 5_000
/** A reply shows what it answers if it is among the last this many. */
const mostRemembered = 2_000
const mostPins = 1_000

type Conversation = {
  /** Without `.html`: `rooms/3-general`. */
  path: string
  title: string
  /** The page that leads here, as this one addresses it. */
  index: string
  /** What stands below the title. */
  intro: string
  pages: AsyncGenerator<Message[]>
  times: Times
  /** Whether it has every message of the room, so that a reply can lead to what it answers. */
  isWhole: boolean
  blocked: ReadonlySet<string>
  hrefOf: Shown['hrefOf']
}

/** What an index says of a conversation. It is complete when all its files are written. */
export type Written = { messages: number; pins: { href: string; excerpt: string }[] }

/** The pages of one conversation, and what they had in the end. */
export async function* conversationFiles(
  conversation: Conversation,
  written: Written,
): AsyncGenerator<ExportFile> {
  const { pages, path } = conversation
  const base = path.slice(path.lastIndexOf('/') + 1)
  const remembered = createBounded<number, { href: string; message: Message }>(mostRemembered)
  /** The first `seq` of each page. */
  const starts: number[] = []
  let next = await pages.next()
  for (let part = 0; part === 0 || !next.done; part++) {
    starts.push(next.done ? 0 : next.value[0]!.seq)
    yield { name: `${path}${suffix(part)}.html`, pieces: write(part) }
  }

  async function* write(part: number): AsyncGenerator<string> {
    yield top(conversation, base, part)
    let day = ''
    for (let count = 0; !next.done && count < messagesPerPage; next = await pages.next()) {
      let html = ''
      for (const message of next.value) {
        const today = conversation.times.day(message.created_at)
        if (today !== day) html += `<h2 class="day">${escaped(today)}</h2>\n`
        day = today
        html += show(message, part)
      }
      count += next.value.length
      written.messages += next.value.length
      yield html
    }
    if (part === 0 && written.messages === 0) yield '<p class="soft">There are no messages.</p>\n'
    yield links(conversation, base, part, !next.done) + foot
  }

  function show(message: Message, part: number): string {
    const { seq, author } = message
    const answered = message.reply_to === undefined ? undefined : find(message.reply_to, part)
    const href = `${base}${suffix(part)}.html#m${seq}`
    remembered.set(seq, { href, message })
    if (message.pinned && written.pins.length < mostPins)
      written.pins.push({ href, excerpt: excerptOf(message) })
    const isFolded = conversation.blocked.has(author.username)
    const { times, hrefOf } = conversation
    return messageHtml(message, { times, answered, isFolded, hrefOf })
  }

  function find(seq: number, part: number): Answered | undefined {
    const known = remembered.get(seq)
    if (known) {
      const { href, message } = known
      return { href, author: message.author.display_name, excerpt: excerptOf(message) }
    }
    if (!conversation.isWhole) return undefined
    const of = starts.findLastIndex((start) => start <= seq)
    return of < 0 || of > part ? undefined : { href: `${base}${suffix(of)}.html#m${seq}` }
  }
}

const suffix = (part: number): string => (part === 0 ? '' : `-${part + 1}`)

function top({ title, intro, index, times }: Conversation, base: string, part: number): string {
  const page = part === 0 ? '' : `, page ${part + 1}`
  const back = part === 0 ? '' : ` <a href="${base}${suffix(part - 1)}.html">Earlier messages</a>`
  return `${head(title + page)}<nav><a href="${index}">Contents</a>${back}</nav>
<h1 dir="auto">${escaped(title)}${page}</h1>
${part === 0 ? intro : ''}<p class="soft">Times are in ${escaped(times.zone)}.</p>
`
}

function links({ index }: Conversation, base: string, part: number, hasMore: boolean): string {
  const later = hasMore ? ` <a href="${base}${suffix(part + 1)}.html">Later messages</a>` : ''
  return `<nav><a href="${index}">Contents</a>${later}</nav>\n`
}
