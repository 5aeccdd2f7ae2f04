import type { Message } from '../protocol/messages.ts'
import type { RoomState } from '../sdk/state.ts'
import { plainLine } from '../text/plain.ts'
import { type Look, messageRows, pendingRows } from './message.ts'
import { fill, wrap } from './text.ts'

/** A row with a key, by which a scrolled view keeps its place. */
export type Row = { key: string; text: string }

/** Lines between two messages: who joined or left, or the output of a command. `after`: the `seq` before them. */
export type Notice = { key: string; room: string; after: number; lines: string[]; alarm: boolean }

type Drawn = { columns: number; hides: Look['hides']; repliedTo: Message | undefined; rows: string[] }

/** Draws the rows of a room; a message that has not changed is not drawn again. */
export function createTimeline(): (
  room: RoomState | undefined,
  notices: readonly Notice[],
  look: Look,
) => Row[] {
  const drawn = new WeakMap<Message, Drawn>()

  const rowsOf = (message: Message, bySeq: Map<number, Message>, look: Look) => {
    const repliedTo = message.reply_to === undefined ? undefined : bySeq.get(message.reply_to)
    const known = drawn.get(message)
    const { columns, hides } = look
    if (known?.columns === columns && known.hides === hides && known.repliedTo === repliedTo)
      return known.rows
    const rows = messageRows(message, repliedTo, look)
    drawn.set(message, { columns, hides, repliedTo, rows })
    return rows
  }

  // Most key presses change nothing here, and a room may hold the messages of weeks.
  let shown: { of: readonly unknown[]; rows: Row[] } | undefined

  return (room, notices, look) => {
    const of = [room?.messages, room?.pending, room?.reachedStart, ...Object.values(look), ...notices]
    if (shown?.of.length === of.length && of.every((each, index) => each === shown?.of[index]))
      return shown.rows
    const rows: Row[] = []
    const add = (key: string, texts: readonly string[]) =>
      texts.forEach((text, index) => void rows.push({ key: `${key}:${index}`, text }))
    const first = room?.messages[0]?.seq ?? 0
    // A notice from before the first loaded message would be in the wrong place.
    const waiting = notices.filter(({ after }) => room?.reachedStart !== false || after >= first)
    const addNotices = (upTo: number) => {
      while (waiting[0] && waiting[0].after <= upTo) {
        const notice = waiting.shift()!
        add(notice.key, noticeRows(notice, look))
      }
    }
    const bySeq = new Map(room?.messages.map((message) => [message.seq, message]))
    let day = ''
    for (const message of room?.messages ?? []) {
      addNotices(message.seq - 1)
      const date = dayOf(message.created_at)
      if (date !== day) add(`day ${message.seq}`, [look.style.dim(fill(`── ${date} `, look.columns))])
      day = date
      add(`seq ${message.seq}`, rowsOf(message, bySeq, look))
    }
    addNotices(Number.POSITIVE_INFINITY)
    for (const pending of room?.pending ?? []) add(`mine ${pending.client_id}`, pendingRows(pending, look))
    shown = { of, rows }
    return rows
  }
}

function noticeRows({ lines, alarm }: Notice, { columns, style }: Look): string[] {
  const look = alarm ? style.alarm : style.dim
  return lines.flatMap((line) => wrap(plainLine(line), columns - 2)).map((row) => `  ${look(row)}`)
}

const dayOf = (at: string) =>
  new Date(at).toLocaleDateString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  })
