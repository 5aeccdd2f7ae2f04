import type { Client } from '../sdk/client.ts'
import { roomOf } from '../sdk/state.ts'
import { type CommandContext, UsageError } from './command-context.ts'
import { runLine } from './commands.ts'
import { errorLines } from './error-text.ts'
import { createFolded } from './folded.ts'
import { type Key, listenToKeys } from './keys.ts'
import { layOut, timelineSize } from './layout.ts'
import { bufferOf, edit, emptyBuffer, textOf } from './line-buffer.ts'
import { joinOnce, keepRoomsLive, whenOnline } from './live.ts'
import { createNotices, invitationLine } from './notices.ts'
import { openScreen } from './screen.ts'
import { type Anchor, look, scrolled } from './scroll.ts'
import { firstRoom, neighbour } from './sidebar.ts'
import type { Style } from './style.ts'
import type { Terminal } from './terminal.ts'
import { createTimeline } from './timeline.ts'

type ChatOptions = {
  client: Client
  terminal: Terminal
  style: Style
  host: string
  room: string | undefined
}

/** Changes within this time are drawn together. */
const drawAfterMs = 16

/** The full screen. Resolves when the user quits, or when the session has ended. */
export async function chat(options: ChatOptions): Promise<'quit' | 'ended'> {
  const { client, terminal, style, host } = options
  const left = Promise.withResolvers<'quit' | 'ended'>()
  const notices = createNotices(client)
  const timeline = createTimeline()
  let here: string | undefined
  let input = emptyBuffer
  let anchor: Anchor
  let entering = false
  let warned = false
  let due: ReturnType<typeof setTimeout> | undefined

  const redraw = () => {
    due ??= setTimeout(draw, drawAfterMs)
  }
  const screen = openScreen(terminal.output, redraw)
  const folded = createFolded(client, redraw)
  const size = () => ({ rows: screen.rows, columns: screen.columns })
  const room = () => roomOf(client.state, here ?? '')

  const rowsNow = () => {
    const { columns } = timelineSize(size())
    return timeline(room(), notices.in(here), {
      columns,
      style,
      me: client.state.me?.username,
      hides: folded.hides(),
    })
  }
  const draw = () => {
    due = undefined
    const { rows, below } = look(rowsNow(), timelineSize(size()).rows, anchor)
    screen.draw(layOut({ state: client.state, room: here, rows, below, input, host, style }, size()))
    // What was marked as unread stays so until the room is entered again.
    if (anchor === undefined && here !== undefined && (entering || !room()?.kept_unread)) {
      client.room(here).markRead()
      entering = false
    }
  }

  const notice = (lines: string[], alarm = false) => {
    notices.add(here, lines, alarm)
    anchor = undefined
    redraw()
  }
  client.on('room.invited', (invitation) => notice([invitationLine(invitation)]))
  const explain = (error: unknown) =>
    notice(error instanceof UsageError ? [error.message] : errorLines(error), true)
  const attempt = (act: () => Promise<unknown>) => void act().catch(explain).catch(left.reject)

  const show = async (id: string) => {
    here = id
    anchor = undefined
    entering = true
    redraw()
    await client.room(id).open()
  }
  const scroll = (by: number) => {
    const rows = rowsNow()
    const { rows: height } = timelineSize(size())
    anchor = scrolled(rows, height, anchor, by)
    const atTop = look(rows, height, anchor).top === 0
    if (by < 0 && atTop && room()?.open && !room()?.reachedStart) {
      // A row of a message, because the row with the date moves to an older message.
      anchor = rows.find(({ key }) => key.startsWith('seq '))?.key
      // If this fails, the next key tries again.
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
    notice([`Messages not sent yet: ${unsent}. Quit again to lose them.`], true)
  }

  const context: CommandContext = {
    client,
    room,
    show,
    notice,
    quit,
    unfold: folded.show,
    hides: folded.hides,
    compose(text) {
      input = bufferOf(text)
    },
  }
  const enter = () => {
    const line = textOf(input)
    if (!line.trim()) return
    input = emptyBuffer
    anchor = undefined
    warned &&= line.startsWith('/')
    // Someone who writes does not want to wait for the next try.
    if (client.state.status === 'offline') client.connect()
    attempt(() =>
      runLine(context, line).catch((error) => {
        if (error instanceof UsageError && input === emptyBuffer) input = bufferOf(line)
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
    'ctrl l': screen.redrawAll,
    'ctrl c': () => (input.characters.length === 0 ? quit() : context.compose('')),
    'ctrl d': () => input.characters.length === 0 && quit(),
  }
  const press = (key: Key) => {
    const act = key.text || key.meta ? undefined : keys[key.ctrl ? `ctrl ${key.name}` : key.name]
    const edited = act ? undefined : edit(input, key)
    if (act) act()
    else if (key.name === 'end' && input.at === input.characters.length) anchor = undefined
    else if (edited) {
      input = edited
      if (here !== undefined && key.text && !textOf(input).startsWith('/')) client.room(here).typing()
    }
    redraw()
  }

  const begin = async () => {
    if ((await whenOnline(client)) === 'ended') return
    // For the descriptions of rooms. The chat works without them.
    client.loadRooms().catch(() => {})
    folded.load()
    client.loadInvitations().then(
      (invitations) => invitations.length > 0 && notice(invitations.map(invitationLine)),
      () => {},
    )
    const { room: wanted } = options
    const refusal =
      wanted &&
      (await joinOnce(client, wanted)
        .then(() => show(wanted))
        .catch((error) => error))
    const first = firstRoom(client.state)
    if (here === undefined && first) await show(first.id)
    if (refusal) throw refusal
    if (here === undefined) notice(['You are not in a room yet. See /rooms, then /join one.'])
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
    listenToKeys(terminal.input, press),
    onSignals(() => left.resolve('quit')),
  ]
  client.on(
    'room.closed',
    ({ room: id, reason }) =>
      reason !== 'left' &&
      notice(
        [reason === 'deleted' ? `The room ${id} was deleted.` : `You can no longer see the room ${id}.`],
        true,
      ),
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

/** Restores the terminal before a signal ends the program. */
function onSignals(stop: () => void): () => void {
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of names) process.once(name, stop)
  return () => names.forEach((name) => void process.off(name, stop))
}
