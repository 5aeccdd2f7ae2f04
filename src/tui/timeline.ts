import type { Message } from '../protocol/messages.ts'
import type { RoomState } from '../sdk/state.ts'
import { type Look, messageRows, pendingRows } from './message.ts'
import { fill, plainLine, wrap } from './text.ts'

/** A row with a name of its own, by which a scrolled view finds its place again. */
export type Row = { key: string; text: string }

/** Something between the messages that is not one: who came and went, and what a command answers. */
export type Note = { key: string; room: string; after: number; lines: string[]; trouble: boolean }

type Drawn = { columns: number; answered: Message | undefined; rows: string[] }

/** Draws the rows of a room; a message that has not changed is not drawn again. */
export function createTimeline(): (room: RoomState | undefined, notes: readonly Note[], look: Look) => Row[] {
  const drawn = new WeakMap<Message, Drawn>()

  const rowsOf = (message: Message, bySeq: Map<number, Message>, look: Look) => {
    const answered = message.reply_to === undefined ? undefined : bySeq.get(message.reply_to)
    const known = drawn.get(message)
    if (known && known.columns === look.columns && known.answered === answered) return known.rows
    const rows = messageRows(message, answered, look)
    drawn.set(message, { columns: look.columns, answered, rows })
    return rows
  }

  // A key press changes nothing here, and a room may hold the messages of weeks.
  let shown: { of: readonly unknown[]; rows: Row[] } | undefined

  return (room, notes, look) => {
    const of = [room?.messages, room?.pending, room?.reachedStart, ...Object.values(look), ...notes]
    if (shown?.of.length === of.length && of.every((each, index) => each === shown?.of[index]))
      return shown.rows
    const rows: Row[] = []
    const add = (key: string, texts: readonly string[]) =>
      texts.forEach((text, index) => void rows.push({ key: `${key}:${index}`, text }))
    const first = room?.messages[0]?.seq ?? 0
    // A note from before the first message at hand would stand at a false place.
    const waiting = notes.filter(({ after }) => room?.reachedStart !== false || after >= first)
    const addNotes = (upTo: number) => {
      while (waiting[0] && waiting[0].after <= upTo) {
        const note = waiting.shift()!
        add(note.key, noteRows(note, look))
      }
    }
    const bySeq = new Map(room?.messages.map((message) => [message.seq, message]))
    let day = ''
    for (const message of room?.messages ?? []) {
      addNotes(message.seq - 1)
      const date = dayOf(message.created_at)
      if (date !== day) add(`day ${message.seq}`, [look.style.dim(fill(`── ${date} `, look.columns))])
      day = date
      add(`seq ${message.seq}`, rowsOf(message, bySeq, look))
    }
    addNotes(Number.POSITIVE_INFINITY)
    for (const pending of room?.pending ?? []) add(`mine ${pending.client_id}`, pendingRows(pending, look))
    shown = { of, rows }
    return rows
  }
}

function noteRows({ lines, trouble }: Note, { columns, style }: Look): string[] {
  const look = trouble ? style.alarm : style.dim
  return lines.flatMap((line) => wrap(plainLine(line), columns - 2)).map((row) => `  ${look(row)}`)
}

const dayOf = (at: string) =>
  new Date(at).toLocaleDateString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  })
