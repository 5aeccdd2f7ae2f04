import { type RoomState, roomOf, type State } from '../sdk/state.ts'
import { plainLine } from '../text/plain.ts'
import { type LineBuffer, windowOf } from './line-buffer.ts'
import type { Frame } from './screen.ts'
import { sidebarRows, titleOf, unreadElsewhere } from './sidebar.ts'
import type { Style } from './style.ts'
import { cut, fill, widthOf } from './text.ts'
import type { Row } from './timeline.ts'

const sidebarColumns = 18
/** On a narrower screen the list of rooms is hidden, and the bar counts unread messages in other rooms. */
const leastForSidebar = 60
const prompt = '> '

type Size = { rows: number; columns: number }

const hasSidebar = ({ columns }: Size): boolean => columns >= leastForSidebar

/** The space for the messages. */
export const timelineSize = (size: Size): Size => ({
  rows: size.rows - 3,
  columns: hasSidebar(size) ? size.columns - sidebarColumns - 2 : size.columns,
})

type View = {
  state: State
  room: string | undefined
  /** The rows in view, and how many there are below them. */
  rows: readonly Row[]
  below: number
  input: LineBuffer
  host: string
  style: Style
}

/** The whole screen: title, list of rooms, messages, status bar, input line. */
export function layOut(view: View, size: Size): Frame {
  const { state, style } = view
  const room = roomOf(state, view.room ?? '')
  const { rows: height } = timelineSize(size)
  // Messages are at the bottom, where the newest one is.
  const texts = [
    ...Array<string>(Math.max(0, height - view.rows.length)).fill(''),
    ...view.rows.map(({ text }) => text),
  ]
  const rooms = sidebarRows(state, view.room, { rows: height, columns: sidebarColumns, style })
  // By column: if a terminal measures an emoji in a title differently, the rest stays in place.
  const withSidebar = (text: string, index: number) =>
    `${rooms[index]}\x1b[${sidebarColumns + 1}G${style.dim('│')}${text === '' ? '' : ` ${text}`}`
  const typed = windowOf(view.input, size.columns - widthOf(prompt))
  return {
    rows: [
      titleRow(room, state, size, style),
      ...(hasSidebar(size) ? texts.map(withSidebar) : texts),
      style.bar(barText(view, room, size)),
      prompt + typed.text,
    ],
    cursor: { row: size.rows - 1, column: widthOf(prompt) + typed.column },
  }
}

function titleRow(room: RoomState | undefined, state: State, { columns }: Size, style: Style): string {
  if (!room) return style.bold(fill(' Parley', columns))
  const online = `${room.online_count} online `
  const title = cut(` ${titleOf(room, state)}`, columns - online.length - 1)
  const about = cut(
    room.description ? `  ${plainLine(room.description)}` : '',
    columns - widthOf(title) - online.length - 1,
  )
  return `${style.bold(title)}${style.dim(about)}\x1b[${columns - online.length + 1}G${online}`
}

function barText({ state, below, host }: View, room: RoomState | undefined, size: Size): string {
  const me = `${state.me?.username ?? ''}@${host}`
  const unread = hasSidebar(size) ? 0 : unreadElsewhere(state, room?.id)
  const parts = [
    statusText[state.status] ?? '',
    below > 0 ? `↓ ${below} more below (End)` : '',
    unread > 0 ? `${unread} unread in other rooms (Ctrl-N)` : '',
    typingText(room?.typing ?? []),
  ].filter(Boolean)
  const text = parts.length > 0 ? parts.join(' · ') : `${me} · /help`
  return fill(` ${plainLine(text)}`, size.columns)
}

const statusText: Partial<Record<State['status'], string>> = {
  connecting: 'connecting…',
  offline: 'offline, reconnecting…',
}

function typingText(names: readonly string[]): string {
  if (names.length === 0) return ''
  if (names.length > 3) return `${names.length} people are typing…`
  const last = names.at(-1)!
  return names.length === 1
    ? `${last} is typing…`
    : `${names.slice(0, -1).join(', ')} and ${last} are typing…`
}
