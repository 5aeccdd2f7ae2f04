import { createBounded } from '../bounded.ts'
import type { Note } from '../bus/bus.ts'
import { applyChange, onChange, type Tools } from '../scope.ts'
import type { Ports } from './ports.ts'

/** The note by which a person hears of a room comes within this time of the change, or it is lost. */
const noteMs = 1000
const mostSaid = 1000
const mostAtOnce = 200
const mostTries = 10

type UserNote = Extract<Note, { to: 'user' }>
type Moved = NonNullable<UserNote['moved']>

/** A person who has a socket here. */
type Heard = {
  /** The keys of the rooms that they have heard of. Absent until their first `hello` is read; `early` is what came before that. */
  rooms?: number[]
  early: Moved[]
  /** How many notes about rooms they have had. */
  notes: number
  /** Was to be checked before `rooms` was there. */
  doubted: boolean
}

/** A socket that lost a room at this moment, on the monotonic clock. */
type Lost = { socket: { comeBackTo(room: number): void }; since: number }

/**
 * What was to be heard of, and the sockets that have lost the room without having heard of it. `unordered`: the note is here,
 * but maybe not the last one.
 */
type Awaited = Moved & { user: string; lost: Lost[]; unordered?: boolean }

export type Memberships = ReturnType<typeof createMemberships>

/**
 * Which rooms each person here knows that they are in, by what their sockets were sent. If it is not what is stored, because the
 * note of it was lost, they are sent `room.opened` or `room.closed` by this node: a second after a change without a note, and
 * when notes may be lost.
 */
export function createMemberships(tools: Tools, ports: Pick<Ports, 'joined' | 'noteOf'>) {
  const people = new Map<string, Heard>()
  const awaited = new Map<string, Awaited>()
  /** What this node has said in place of a note, which may only be late. */
  const said = createBounded<string, boolean>(mostSaid)
  /** Which node the last note about a person and a room came from. */
  const sources = createBounded<string, string>(mostSaid)
  /** When the sockets of a person were last sent `room.closed`. */
  const saidGone = createBounded<string, number>(mostSaid)
  let timer: ReturnType<typeof setTimeout> | undefined
  let checking: Promise<unknown> = Promise.resolve()
  const place = (user: string, room: number): string => `${user} ${room}`

  onChange(tools, 'member', ({ room, user, gone }) => awaitNote(user, { room, gone }), { last: true })

  /** Without a note about it in time, it is compared with what is stored. */
  function awaitNote(
    user: string,
    moved: Moved,
    { lost = [], unordered = false }: Partial<Pick<Awaited, 'lost' | 'unordered'>> = {},
  ): void {
    if (!people.has(user)) return
    const before = awaited.get(place(user, moved.room))
    awaited.set(place(user, moved.room), {
      user,
      ...moved,
      lost: [...(before?.lost ?? []), ...lost],
      unordered: unordered || before?.unordered === true,
    })
    timer ??= setTimeout(() => void look(), noteMs)
  }

  async function look(): Promise<void> {
    timer = undefined
    const due = [...awaited.values()].filter(({ user, room, gone, lost, unordered }) => {
      // Also before their first `hello`, which may have been read before the last change.
      if (unordered || lost.length > 0) return people.has(user)
      return people.get(user)?.rooms?.includes(room) === gone
    })
    awaited.clear()
    if (due.length === 0) return
    try {
      await check(due.map(({ user }) => user))
      for (const each of due) await settle(each)
    } catch (error) {
      tools.log.warn('what rooms people are in could not be read; trying again', { error })
      for (const { user, room, gone, ...rest } of due) awaitNote(user, { room, gone }, rest)
      return
    }
  }

  /** These sockets were sent nothing, and would wait without end. */
  async function settle({ user, room, lost }: Awaited): Promise<void> {
    const unaware = lost.filter((each) => !wasSaid(user, room, each.since))
    if (unaware.length === 0) return
    if (people.get(user)?.rooms?.includes(room)) {
      applyChange(tools, { what: 'member', user, room, gone: false })
      for (const { socket } of unaware) socket.comeBackTo(room)
      return
    }
    // What they heard last was that they are not in the room. They were all the same, until now.
    const note = await ports.noteOf(user, { room, gone: true })
    if (note) tools.bus.publish({ ...note, here: true })
  }

  const wasSaid = (user: string, room: number, since: number): boolean =>
    (saidGone.get(place(user, room)) ?? Number.NEGATIVE_INFINITY) >= since

  /** Compares what these people have heard with what is stored, and sends them what is missing. Rejects if it cannot be read. */
  function check(users: Iterable<string>): Promise<void> {
    const asked = [...new Set(users)].filter((user) => people.has(user))
    const next = checking.then(() => compare(asked))
    checking = next.catch(() => {})
    return next
  }

  async function compare(users: string[]): Promise<void> {
    for (let at = 0; at < users.length; at += mostAtOnce) {
      const some = users.slice(at, at + mostAtOnce)
      const stored = await ports.joined(some)
      for (const user of some) {
        const heard = people.get(user)
        if (heard?.rooms === undefined) {
          if (heard) heard.doubted = true
        } else if (differing(heard.rooms, stored.get(user) ?? [])) await amend(user)
      }
    }
  }

  /** A note that comes meanwhile is newer than what was read: then it is read again. */
  async function amend(user: string): Promise<void> {
    for (let tries = 0; tries < mostTries; tries++) {
      const heard = people.get(user)
      if (!heard?.rooms) return
      const { notes } = heard
      const stored = (await ports.joined([user])).get(user) ?? []
      if (heard.notes !== notes) continue
      const moved = differing(heard.rooms, stored)
      if (!moved) return
      const note = await ports.noteOf(user, moved)
      if (heard.notes !== notes) continue
      if (note) {
        said.set(place(user, moved.room), moved.gone)
        // The change was lost too, maybe.
        applyChange(tools, { what: 'member', user, ...moved })
        tools.bus.publish({ ...note, here: true })
      } else keep(heard, moved)
      // Otherwise nothing is delivered at present.
      if (heard.notes === notes) return
      tries = 0
    }
    throw new Error('The rooms of a person change too often to compare them.')
  }

  function keep(heard: Heard, { room, gone }: Moved): void {
    heard.notes++
    if (!heard.rooms) heard.early.push({ room, gone })
    else if (gone) heard.rooms = heard.rooms.filter((key) => key !== room)
    else if (!heard.rooms.includes(room)) heard.rooms.push(room)
  }

  return {
    check,
    /** Call it before the rooms of a person are read for `hello`, and what it returns with their keys. */
    learning(user: string): (rooms: readonly number[]) => void {
      const heard = people.get(user) ?? { early: [], notes: 0, doubted: false }
      people.set(user, heard)
      return (rooms) => {
        if (heard.rooms || people.get(user) !== heard) return
        heard.rooms = [...rooms]
        for (const moved of heard.early.splice(0)) keep(heard, moved)
        if (!heard.doubted) return
        check([user]).catch((error) =>
          tools.log.warn('the rooms of a person could not be checked', { error }),
        )
      }
    },
    /** Whether a note is to be delivered: not what was said here in its place. */
    hear({ user, moved, here }: UserNote, node: string): boolean {
      const heard = moved && people.get(user)
      if (!heard) return true
      const key = place(user, moved.room)
      const { lost = [] } = awaited.get(key) ?? {}
      awaited.delete(key)
      const inItsPlace = here ? undefined : said.get(key)
      // Any other note is about a later change: what was said before it says nothing about the notes after it.
      if (!here) said.delete(key)
      if (inItsPlace === moved.gone) {
        // Or it is about a later change of the same kind.
        awaitNote(user, moved, { lost })
        return false
      }
      const source = sources.get(key)
      sources.set(key, node)
      if (moved.gone) saidGone.set(key, performance.now())
      // That they were out of it, nobody has said.
      else if (lost.length > 0) awaitNote(user, moved, { lost })
      // What two nodes did one after the other may be heard in the other order.
      if (source !== undefined && source !== node) awaitNote(user, moved, { unordered: true })
      keep(heard, moved)
      return true
    },
    /** A note that is not delivered. */
    miss({ user, moved }: UserNote): void {
      if (moved) awaitNote(user, moved)
    },
    /** This socket may no longer read the room, which it has lost at `since`. */
    lose(user: string, room: number, socket: Lost['socket'], since: number): void {
      if (!wasSaid(user, room, since)) awaitNote(user, { room, gone: true }, { lost: [{ socket, since }] })
    },
    /** Their last socket is gone. */
    forget: (user: string): void => void people.delete(user),
    stop: (): void => clearTimeout(timer),
  }
}

/** The first room that they have heard of and are not in, or the other way round. */
function differing(heard: readonly number[], stored: readonly number[]): Moved | undefined {
  const [known, now] = [new Set(heard), new Set(stored)]
  const opened = stored.find((room) => !known.has(room))
  if (opened !== undefined) return { room: opened, gone: false }
  const closed = heard.find((room) => !now.has(room))
  return closed === undefined ? undefined : { room: closed, gone: true }
}
