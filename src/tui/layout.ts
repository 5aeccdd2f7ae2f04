import { type RoomState, roomOf, type State } from '../sdk/state.ts'
import { type Draft, windowOf } from './line-buffer.ts'
import type { Frame } from './screen.ts'
import { sidebarRows, titleOf, unreadElsewhere } from './sidebar.ts'
import type { Style } from './style.ts'
import { cut, fill, plainLine, widthOf } from './text.ts'
import type { Row } from './timeline.ts'

const sidebarColumns = 18
/** Narrower, and the list of rooms gives way; the bar then counts what is unread elsewhere. */
const leastForSidebar = 60
const prompt = '> '

export type Size = { rows: number; columns: number }

export const hasSidebar = ({ columns }: Size): boolean => columns >= leastForSidebar

/** What is left for the messages. */
export const timelineSize = (size: Size): Size => ({
  rows: size.rows - 3,
  columns: hasSidebar(size) ? size.columns - sidebarColumns - 2 : size.columns,
})

export type View = {
  state: State
  room: string | undefined
  /** The rows in view, and how many there are below them. */
  rows: readonly Row[]
  below: number
  draft: Draft
  host: string
  style: Style
}

/** The whole screen: title, rooms beside messages, a bar of how things stand, and what is being written. */
export function layOut(view: View, size: Size): Frame {
  const { state, style } = view
  const room = roomOf(state, view.room ?? '')
  const { rows: height } = timelineSize(size)
  // Messages stand at the bottom, where the newest of them is.
  const texts = [
    ...Array<string>(Math.max(0, height - view.rows.length)).fill(''),
    ...view.rows.map(({ text }) => text),
  ]
  const rooms = sidebarRows(state, view.room, { rows: height, columns: sidebarColumns, style })
  // By column, not by counting: where a terminal measures an emoji in a title otherwise, the rest stays in place.
  const beside = (text: string, index: number) =>
    `${rooms[index]}\x1b[${sidebarColumns + 1}G${style.dim('│')}${text === '' ? '' : ` ${text}`}`
  const input = windowOf(view.draft, size.columns - widthOf(prompt))
  return {
    rows: [
      titleRow(room, state, size, style),
      ...(hasSidebar(size) ? texts.map(beside) : texts),
      style.bar(barText(view, room, size)),
      prompt + input.text,
    ],
    cursor: { row: size.rows - 1, column: widthOf(prompt) + input.column },
  }
}

function titleRow(room: RoomState | undefined, state: State, { columns }: Size, style: Style): string {
  if (!room) return style.bold(fill(' Parley', columns))
  const here = `${room.online.length} here `
  const title = cut(` ${titleOf(room, state)}`, columns - here.length - 1)
  const about = cut(
    room.description ? `  ${plainLine(room.description)}` : '',
    columns - widthOf(title) - here.length - 1,
  )
  return `${style.bold(title)}${style.dim(about)}\x1b[${columns - here.length + 1}G${here}`
}

function barText({ state, below, host }: View, room: RoomState | undefined, size: Size): string {
  const me = `${state.me?.username ?? ''}@${host}`
  const elsewhere = hasSidebar(size) ? 0 : unreadElsewhere(state, room?.id)
  const words = [
    standing[state.status] ?? '',
    below > 0 ? `↓ ${below} more below (End)` : '',
    elsewhere > 0 ? `${elsewhere} unread elsewhere (Ctrl-N)` : '',
    typingText(room?.typing ?? []),
  ].filter(Boolean)
  const text = words.length > 0 ? words.join(' · ') : `${me} · /help`
  return fill(` ${plainLine(text)}`, size.columns)
}

const standing: Partial<Record<State['status'], string>> = {
  connecting: 'connecting…',
  offline: 'offline, trying again…',
}

function typingText(names: readonly string[]): string {
  if (names.length === 0) return ''
  if (names.length > 3) return `${names.length} people are typing…`
  const last = names.at(-1)!
  return names.length === 1
    ? `${last} is typing…`
    : `${names.slice(0, -1).join(', ')} and ${last} are typing…`
}
