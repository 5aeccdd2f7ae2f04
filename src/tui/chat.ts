import type { Client } from '../sdk/client.ts'
import { roomOf } from '../sdk/state.ts'
import { type Desk, WrongWords } from './command-context.ts'
import { obey } from './commands.ts'
import { faultsOf } from './error-text.ts'
import { hearKeys, type Key } from './keys.ts'
import { layOut, timelineSize } from './layout.ts'
import { draftOf, edit, emptyDraft, textOf } from './line-buffer.ts'
import { enterRoom, keepRoomsLive, whenOnline } from './live.ts'
import { createNotes } from './notices.ts'
import { openScreen } from './screen.ts'
import { type Anchor, look, scrolled } from './scroll.ts'
import { firstRoom, neighbour } from './sidebar.ts'
import type { Style } from './style.ts'
import type { Terminal } from './terminal.ts'
import { createTimeline } from './timeline.ts'

export type ChatOptions = {
  client: Client
  terminal: Terminal
  style: Style
  host: string
  room: string | undefined
}

/** Changes that come together are drawn together. */
const drawAfterMs = 16

/** The full screen, until the person leaves (`quit`) or the session has ended (`ended`). */
export async function chat(options: ChatOptions): Promise<'quit' | 'ended'> {
  const { client, terminal, style, host } = options
  const left = Promise.withResolvers<'quit' | 'ended'>()
  const notes = createNotes(client)
  const timeline = createTimeline()
  let here: string | undefined
  let draft = emptyDraft
  let anchor: Anchor
  let warned = false
  let due: ReturnType<typeof setTimeout> | undefined

  const redraw = () => {
    due ??= setTimeout(draw, drawAfterMs)
  }
  const screen = openScreen(terminal.output, redraw)
  const size = () => ({ rows: screen.rows, columns: screen.columns })
  const room = () => roomOf(client.state, here ?? '')

  const rowsNow = () => {
    const { columns } = timelineSize(size())
    return timeline(room(), notes.in(here), { columns, style, me: client.state.me?.username })
  }
  const draw = () => {
    due = undefined
    const { rows, below } = look(rowsNow(), timelineSize(size()).rows, anchor)
    screen.draw(layOut({ state: client.state, room: here, rows, below, draft, host, style }, size()))
    if (anchor === undefined && here !== undefined) client.room(here).markRead()
  }

  const note = (lines: string[], trouble = false) => {
    notes.add(here, lines, trouble)
    anchor = undefined
    redraw()
  }
  const explain = (error: unknown) =>
    note(error instanceof WrongWords ? [error.message] : faultsOf(error), true)
  const attempt = (act: () => Promise<unknown>) => void act().catch(explain).catch(left.reject)

  const show = async (id: string) => {
    here = id
    anchor = undefined
    redraw()
    await client.room(id).open()
  }
  const scroll = (by: number) => {
    const rows = rowsNow()
    const { rows: height } = timelineSize(size())
    anchor = scrolled(rows, height, anchor, by)
    const atTop = look(rows, height, anchor).top === 0
    if (by < 0 && atTop && room()?.open && !room()?.reachedStart) {
      // The name of the day above it may move on to an older message.
      anchor = rows.find(({ key }) => key.startsWith('seq '))?.key
      // What fails here is asked for again by the next key.
      client
        .room(here!)
        .older()
        .catch(() => {})
    }
  }
  const quit = () => {
    const unsent = Object.values(client.state.rooms)
      .flatMap(({ pending }) => pending)
      .filter(({ state, seq }) => state === 'sending' && seq === undefined).length
    if (unsent === 0 || warned) return left.resolve('quit')
    warned = true
    note([`Not sent yet: ${unsent}. Leave once more to lose what is not sent.`], true)
  }

  const desk: Desk = {
    client,
    room,
    show,
    note,
    quit,
    compose(text) {
      draft = draftOf(text)
    },
  }
  const enter = () => {
    const line = textOf(draft)
    if (!line.trim()) return
    draft = emptyDraft
    anchor = undefined
    warned &&= line.startsWith('/')
    // Whoever writes does not want to wait for the next try.
    if (client.state.status === 'offline') client.connect()
    attempt(() =>
      obey(desk, line).catch((error) => {
        if (error instanceof WrongWords && draft === emptyDraft) draft = draftOf(line)
        throw error
      }),
    )
  }
  const go = (step: 1 | -1) => {
    const next = neighbour(client.state, here, step)
    if (next) attempt(() => show(next.id))
  }
  const page = () => timelineSize(size()).rows - 1
  const keys: Record<string, () => void> = {
    return: enter,
    pageup: () => scroll(-page()),
    pagedown: () => scroll(page()),
    up: () => scroll(-1),
    down: () => scroll(1),
    'ctrl n': () => go(1),
    'ctrl p': () => go(-1),
    'ctrl l': screen.forget,
    'ctrl c': () => (draft.characters.length === 0 ? quit() : desk.compose('')),
    'ctrl d': () => draft.characters.length === 0 && quit(),
  }
  const press = (key: Key) => {
    const act = key.text || key.meta ? undefined : keys[key.ctrl ? `ctrl ${key.name}` : key.name]
    const edited = act ? undefined : edit(draft, key)
    if (act) act()
    else if (key.name === 'end' && draft.at === draft.characters.length) anchor = undefined
    else if (edited) {
      draft = edited
      if (here !== undefined && key.text && !textOf(draft).startsWith('/')) client.room(here).typing()
    }
    redraw()
  }

  const begin = async () => {
    if ((await whenOnline(client)) === 'ended') return
    // For the descriptions of rooms; without them the chat is as good.
    client.loadRooms().catch(() => {})
    const { room: wanted } = options
    const refusal =
      wanted &&
      (await enterRoom(client, wanted)
        .then(() => show(wanted))
        .catch((error) => error))
    const first = firstRoom(client.state)
    if (here === undefined && first) await show(first.id)
    if (refusal) throw refusal
    if (here === undefined) note(['You are in no room yet: see /rooms, then /join one.'])
  }
  const follow = () => {
    if (client.state.status === 'ended') return left.resolve('ended')
    if (here !== undefined && !room() && client.state.status === 'online') {
      const next = firstRoom(client.state)
      here = undefined
      if (next) attempt(() => show(next.id))
    }
    redraw()
  }

  const stops = [
    client.subscribe(follow),
    keepRoomsLive(client, explain),
    hearKeys(terminal.input, press),
    onSignals(() => left.resolve('quit')),
  ]
  client.on(
    'room.closed',
    ({ room: id, reason }) =>
      reason !== 'left' &&
      note([`The room ${id} was ${reason === 'deleted' ? 'deleted' : 'closed to you'}.`], true),
  )
  try {
    client.connect()
    redraw()
    attempt(begin)
    return await left.promise
  } finally {
    clearTimeout(due)
    due = undefined
    for (const stop of stops) stop()
    screen.close()
  }
}

/** Whatever ends the program, it gives the terminal back first. */
function onSignals(stop: () => void): () => void {
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of names) process.once(name, stop)
  return () => names.forEach((name) => void process.off(name, stop))
}
