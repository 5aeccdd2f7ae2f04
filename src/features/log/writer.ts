// Longer than 300 lines: every way into a log is in one file, because all of them share the heads, the locks and the passes.
import { ChatError, invalidField } from '../../protocol/errors.ts'
import { announce, type Pass, perServer } from '../../scope.ts'
import { isUnavailable, violation } from '../../storage/errors.ts'
import type { Sql } from '../../storage/storage.ts'
import { redeem, track } from '../auth/redeem.ts'
import { findUnattachable, hasFiles, insertRowsWithFiles } from './attaching.ts'
import { reportBreak } from './breaks.ts'
import { conflictOf, lockingAttempt, patienceMs, waitForRetry } from './contest.ts'
import { type Entry, type LogRoom, type NewEntry, noTip, type Tip, timeAfter } from './entry.ts'
import { createHeads } from './heads.ts'
import { changesMembers, findStorable, insertRowsWithMembers, MembershipMoved } from './memberships.ts'
import { type Appended, createRepeats } from './repeats.ts'
import { createRoomLocks } from './room-locks.ts'
import { rowOf } from './row.ts'
import {
  freePlaces,
  insertRows,
  lockRooms,
  type NewRow,
  readHeads,
  readTips,
  reservePlaces,
} from './store.ts'
import { type TracedEntry, traceAppend, tracesOf, traceTransaction } from './traced.ts'

/** The right to write to a room, as its gate gave it. */
export type RoomPass<Held> = Pass<Held> & { room: LogRoom }

type Waiting = {
  room: LogRoom
  pass: Pass<unknown>
  entry: NewEntry
  resolve(appended: Appended): void
  reject(error: unknown): void
  trace?: TracedEntry | undefined
}

/** What the work of a transaction gets. `add` appends an event at the commit and returns the seq that it will have. */
export type Transaction = {
  sql: Sql
  at: Date
  /** The last seq before this transaction. */
  head: number
  add(entry: NewEntry): number
  /** Runs right after the commit and before the events are published: update caches and end access here. */
  onCommit(run: () => void): void
}

const mostRows = 1000
/** An entry that adds or removes a member costs the database several times as much as a message. */
const mostMemberChanges = 200

/**
 * Each room belongs to a lane, and each lane commits by itself: while Postgres stores the batch of one lane, this process
 * prepares that of the other. The embedded database has one: with two, each would wait for the syncs of the other, a third fewer
 * messages where the disk is slow (docs/performance.md).
 */
const postgresLanes = 2

/** Another node has written something by which somebody may have lost a right: every pass is asked again. */
class RightsMoved extends Error {}

type Lane = { queue: Waiting[]; flushing: boolean }
const newLane = (): Lane => ({ queue: [], flushing: false })

/**
 * The only writer of the log. Entries that arrive during a commit go into the next one: one statement for many messages
 * of many rooms. `seq` is counted in memory; the primary key decides when another node was faster.
 */
export const writer = perServer((tools) => {
  const heads = createHeads(tools)
  const repeats = createRepeats(tools)
  const lanes = Array.from({ length: tools.sql.kind === 'postgres' ? postgresLanes : 1 }, newLane)
  let working = 0
  let failed = false
  const locks = createRoomLocks((room) => kick(laneOf(room)))
  const laneOf = (room: number): Lane => lanes[room % lanes.length]!

  function append(pass: RoomPass<unknown>, entry: NewEntry): Promise<Appended> {
    const { room } = pass
    return repeats.once(room, entry, () => {
      const lane = laneOf(room.key)
      const stored = new Promise<Appended>((resolve, reject) =>
        lane.queue.push({ room, pass, entry, resolve, reject }),
      )
      if (tools.traces) lane.queue.at(-1)!.trace = traceAppend(tools.traces, stored)
      kick(lane)
      return stored
    })
  }

  function kick(lane: Lane): void {
    if (lane.flushing || lane.queue.length === 0) return
    lane.flushing = true
    queueMicrotask(() => void flush(lane))
  }

  async function flush(lane: Lane): Promise<void> {
    for (let batch = takeBatch(lane); batch.length > 0; batch = takeBatch(lane)) {
      const rooms = new Set(batch.map(({ room }) => room.key))
      for (const room of rooms) locks.lockFree(room)
      if (tools.traces) for (const { trace } of batch) trace?.taken(batch.length)
      await track(tools, () => commit(batch))
      for (const room of rooms) locks.unlock(room)
    }
    lane.flushing = false
    if (lane.queue.some(({ room }) => !locks.isLocked(room.key))) kick(lane)
  }

  function takeBatch(lane: Lane): Waiting[] {
    const free = locks.none() ? lane.queue : lane.queue.filter(({ room }) => !locks.isLocked(room.key))
    const batch = untilTheyMove(ofOneStatement(free.slice(0, mostRows)))
    if (batch.length === lane.queue.length) lane.queue = []
    else {
      const taken = new Set(batch)
      lane.queue = lane.queue.filter((waiting) => !taken.has(waiting))
    }
    return batch
  }

  /**
   * Those whose gate still lets them, in the tick in which they are stored: the rooms are locked, so that nobody's rights
   * in them change before the commit. A person who was removed, silenced or signed out while they waited is refused. What other nodes
   * have written is read before: of what they write later, the primary key tells.
   */
  async function stillAllowed(batch: Waiting[]): Promise<Waiting[]> {
    const refused = new Set<Waiting>()
    const refuse = (waiting: Waiting, error: unknown): void => {
      refused.add(waiting)
      waiting.reject(error)
      if (!isTransient(error)) return
      const later = batch.slice(batch.indexOf(waiting) + 1)
      for (const each of later) {
        if (refused.has(each) || authorOf(each) !== authorOf(waiting)) continue
        refused.add(each)
        each.reject(error)
      }
      refuseLater([waiting], error)
    }
    for (;;) {
      const loading: Promise<unknown>[] = []
      for (const waiting of batch) {
        if (refused.has(waiting)) continue
        try {
          const held = waiting.pass.recheck()
          if (held instanceof Promise) loading.push(held.catch((error) => refuse(waiting, error)))
        } catch (error) {
          refuse(waiting, error)
        }
      }
      if (loading.length > 0) await Promise.all(loading)
      else return refused.size === 0 ? batch : batch.filter((waiting) => !refused.has(waiting))
    }
  }

  async function commit(batch: Waiting[]): Promise<void> {
    const rooms = uniqueRooms(batch)
    let rest = batch
    const giveUpAt = performance.now() + patienceMs
    try {
      for (let attempt = 0; rest.length > 0; attempt++) {
        if (attempt > 0) await waitForRetry(attempt, giveUpAt)
        if (attempt > 0) rest = await refuseLost(await repeats.settleKnown(rest), attempt)
        const begun = await heads.load(rooms, { again: attempt > 0 })
        if (sharesDatabase()) for (const { room, pass } of rest) if (begun.has(room.key)) pass.forget?.()
        rest = refuseVanished(rest)
        let rights: number
        do {
          rights = heads.rights()
          rest = await stillAllowed(rest)
        } while (rights !== heads.rights())
        if (await store(rest, attempt)) return
      }
    } catch (error) {
      // The commit may have succeeded and its response got lost: then its events are published when the database is back.
      heads.doubt(rooms)
      failed ||= isUnavailable(error)
      for (const { room, entry, reject } of rest) {
        if (changesMembers(entry)) announceMember(room, entry, false)
        reject(error)
      }
      refuseLater(rest, error)
    }
  }

  /**
   * A person who hears that they may try again later does so. What they have sent to the same room after that, and waits, would be stored
   * before it: they hear the same of it.
   */
  function refuseLater(refused: Waiting[], error: unknown): void {
    const authors = new Set(refused.map(authorOf))
    for (const lane of new Set(refused.map(({ room }) => laneOf(room.key)))) {
      const later = lane.queue.filter((waiting) => authors.has(authorOf(waiting)))
      if (later.length === 0) continue
      lane.queue = lane.queue.filter((waiting) => !authors.has(authorOf(waiting)))
      for (const { reject } of later) reject(error)
    }
  }

  /** True when everything was stored, published and replied to; false when another writer was faster. */
  async function store(batch: Waiting[], attempt: number): Promise<boolean> {
    if (batch.length === 0) return true
    const started = performance.now()
    const now = tools.clock()
    try {
      if (attempt < lockingAttempt) {
        const { entries, rows } = number(batch, now, heads.tipOf)
        await settle(batch, entries, await insert(tools.sql, batch, rows))
      } else {
        const rooms = uniqueRooms(batch)
        const keys = rooms.map(({ key }) => key)
        const rights = rightsIn(rooms)
        const locked = await tools.sql.transaction(async (sql) => {
          await lockRooms(sql, keys)
          const bases = await reservePlaces(sql, keys, now)
          await freePlaces(sql, bases)
          const tips = await readTips(sql, keys)
          // Other nodes may have written between the last read and the lock: their events go first.
          for (const room of rooms) await heads.catchUp(room, tips.get(room.key) ?? noTip, sql)
          if (rights !== rightsIn(rooms)) throw new RightsMoved()
          const { entries, rows } = number(batch, now, (room) => later(tips.get(room), heads.tipOf(room)))
          return { entries, count: await insert(sql, batch, rows) }
        })
        await settle(batch, locked.entries, locked.count)
      }
    } catch (error) {
      const without = violation(error)?.kind === 'not_null'
      const moved = without && batch.some(({ entry }) => changesMembers(entry))
      const taken = without && batch.some(({ entry }) => hasFiles(entry))
      const lost = moved
        ? 'membership'
        : taken
          ? 'files'
          : error instanceof RightsMoved
            ? 'rights'
            : conflictOf(error)
      if (!lost) throw error
      tools.metrics.logRetries.add(lost)
      return false
    }
    failed = false
    tools.metrics.logCommitSeconds.observe((performance.now() - started) / 1000)
    tools.metrics.logCommitRows.observe(batch.length)
    return true
  }

  /** Other nodes may write to the same logs. */
  const sharesDatabase = (): boolean => tools.bus.others().size > 0 || !tools.bus.isConnected()

  const rightsIn = (rooms: LogRoom[]): string => rooms.map(({ key }) => heads.rightsIn(key)).join()

  function insert(sql: Sql, batch: Waiting[], rows: NewRow[]): Promise<number> {
    const special = batch.map(({ entry }) => statementOf(entry)).find((each) => each !== undefined)
    return special === undefined ? insertRows(sql, rows) : inserts[special](sql, rows)
  }

  function number(batch: Waiting[], now: Date, tipOf: (room: number) => Tip) {
    const tips = new Map<number, Tip>()
    const entries: Entry[] = []
    const rows = batch.map(({ room, entry: fresh }) => {
      const before = tips.get(room.key) ?? tipOf(room.key)
      const entry: Entry = { ...fresh, seq: before.head + 1, at: timeAfter(before, now) }
      const row = rowOf(tools, room, entry, before)
      tips.set(room.key, { head: entry.seq, at: entry.at, link: row.link })
      if (row.link !== null) entry.link = row.link
      entries.push(entry)
      return row
    })
    return { entries, rows }
  }

  async function settle(batch: Waiting[], entries: Entry[], stored: number): Promise<void> {
    const present =
      stored === batch.length
        ? undefined
        : await readHeads(
            tools.sql,
            batch.map(({ room }) => room.key),
          )
    batch.forEach(({ room, resolve, reject, trace }, index) => {
      if (present && !present.has(room.key)) return reject(new ChatError('room_not_found'))
      const entry = entries[index]!
      // Before the event: a person who has left must not get events after that.
      if (changesMembers(entry)) announceMember(room, entry, entry.kind === 'member.left')
      if (trace) heads.publish(room, entry, { traces: trace.stored(entry.seq) })
      else heads.publish(room, entry)
      resolve({ seq: entry.seq, at: entry.at, repeated: false })
    })
  }

  const announceMember = (room: LogRoom, { member }: NewEntry, gone: boolean): void =>
    announce(tools, { what: 'member', room: room.key, user: member!.id, gone })

  async function refuseLost(batch: Waiting[], attempt: number): Promise<Waiting[]> {
    return refuseMoved(await refuseUnattachable(batch), attempt)
  }

  async function refuseUnattachable(batch: Waiting[]): Promise<Waiting[]> {
    const withFiles = batch.filter(({ entry }) => hasFiles(entry))
    if (withFiles.length === 0) return batch
    const refused = await findUnattachable(tools.sql, withFiles)
    for (const { reject } of refused) reject(invalidField('/files', 'attachment_used'))
    return batch.filter((waiting) => !refused.has(waiting))
  }

  /**
   * After a conflict: those who are in the room already, or left it, or whose account ended; after the next one everybody who
   * joins or leaves, because somebody else has locked one of them.
   */
  async function refuseMoved(batch: Waiting[], attempt: number): Promise<Waiting[]> {
    const changes = batch.filter(({ entry }) => changesMembers(entry))
    if (changes.length === 0) return batch
    const asked = changes.map(({ room, entry }) => ({ roomKey: room.key, entry }))
    const storable = await findStorable(tools.sql, asked)
    const moved = new Set(changes.filter((_, index) => attempt > 1 || !storable[index]))
    for (const { reject } of moved) reject(new MembershipMoved())
    return batch.filter((waiting) => !moved.has(waiting))
  }

  function refuseVanished(batch: Waiting[]): Waiting[] {
    return batch.filter(({ room, reject }) => {
      if (heads.has(room.key)) return true
      reject(new ChatError('room_not_found'))
      return false
    })
  }

  /**
   * Other changes together with their events, in one transaction that locks the room. Permissions may have changed during
   * the wait for the lock: the pass is redeemed when nobody else can change them, and may be refused.
   */
  async function transact<Held, Result>(
    pass: RoomPass<Held>,
    work: (tx: Transaction, held: Held) => Promise<Result>,
  ): Promise<Result> {
    const { room } = pass
    working++
    await locks.lock(room.key)
    const giveUpAt = performance.now() + patienceMs
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          if (attempt > 0) await waitForRetry(attempt, giveUpAt)
          const begun = await heads.load([room], { again: false })
          if (begun.size > 0 && sharesDatabase()) pass.forget?.()
          return await redeem(tools, pass, (held) => transactOnce(room, (tx) => work(tx, held), attempt))
        } catch (error) {
          if (error instanceof RightsMoved || conflictOf(error)) continue
          if (isUnavailable(error)) {
            failed = true
            heads.doubt([room])
          }
          throw error
        }
      }
    } finally {
      working--
      locks.unlock(room.key)
    }
  }

  async function transactOnce<Result>(
    room: LogRoom,
    work: (tx: Transaction) => Promise<Result>,
    attempt: number,
  ): Promise<Result> {
    const now = tools.clock()
    const span = tools.traces && traceTransaction(tools.traces)
    const rights = heads.rightsIn(room.key)
    const { result, entries, onCommit } = await tools.sql.transaction(async (sql) => {
      const entries: Entry[] = []
      const onCommit: (() => void)[] = []
      await lockRooms(sql, [room.key])
      const bases = attempt === 0 ? undefined : await reservePlaces(sql, [room.key], now)
      const stored = (await readTips(sql, [room.key])).get(room.key)
      if (stored === undefined) throw new ChatError('room_not_found')
      await heads.catchUp(room, stored, sql)
      if (rights !== heads.rightsIn(room.key)) throw new RightsMoved()
      const before = later(stored, heads.tipOf(room.key))
      if (before.head > stored.head) reportBreak(tools, 'cut', room.key, stored.head + 1)
      const at = timeAfter(before, now)
      const add: Transaction['add'] = (entry) => {
        const seq = before.head + entries.length + 1
        entries.push({ ...entry, seq, at })
        return seq
      }
      const result = await work({ sql, at, head: before.head, add, onCommit: (run) => onCommit.push(run) })
      if (bases) await freePlaces(sql, bases)
      await storeEntries(sql, room, entries, before)
      return { result, entries, onCommit }
    })
    span?.end()
    for (const run of onCommit) run()
    for (const entry of entries) heads.publish(room, entry, tracesOf(span, entry.seq))
    return result
  }

  async function storeEntries(sql: Sql, room: LogRoom, entries: Entry[], tip: Tip): Promise<void> {
    if (entries.length === 0) return
    let before = tip
    const rows = entries.map((entry) => {
      const row = rowOf(tools, room, entry, before)
      before = { head: entry.seq, at: entry.at, link: row.link }
      if (row.link !== null) entry.link = row.link
      return row
    })
    const stored = await insertRows(sql, rows)
    if (stored !== entries.length) throw new ChatError('room_not_found')
  }

  /** Creates a room together with the first entries of its log. */
  async function createRoom<Room extends LogRoom>(
    pass: Pass<unknown>,
    make: (sql: Sql, at: Date) => Promise<{ room: Room; entries: NewEntry[] }>,
  ): Promise<Room> {
    const at = tools.clock()
    const create = () =>
      tools.sql.transaction(async (sql) => {
        const { room, entries: first } = await make(sql, at)
        const entries = first.map((entry, index): Entry => ({ ...entry, seq: index + 1, at }))
        await storeEntries(sql, room, entries, noTip)
        return { room, entries }
      })
    const { room, entries } = await redeem(tools, pass, create)
    heads.begin(room)
    for (const entry of entries) heads.publish(room, entry)
    return room
  }

  /** Resolves when nothing is queued or under way any more. */
  async function drained(): Promise<void> {
    while (working > 0 || lanes.some(({ flushing, queue }) => flushing || queue.length > 0))
      await Bun.sleep(5)
    heads.close()
  }

  return {
    append,
    transact,
    createRoom,
    drained,
    heads,
    /** Whether the database has failed and no message was stored since. */
    hasFailed: (): boolean => failed,
  }
})

/** A log never gets shorter: one that ends before its known head was cut, and its numbers are not used again. */
const later = (stored: Tip | undefined, known: Tip): Tip =>
  stored === undefined || stored.head < known.head ? { ...known } : stored

/** Entries that store more than themselves, each with a statement for it. */
const inserts = { members: insertRowsWithMembers, files: insertRowsWithFiles }

const statementOf = (entry: NewEntry): keyof typeof inserts | undefined =>
  changesMembers(entry) ? 'members' : hasFiles(entry) ? 'files' : undefined

/** The beginning of a batch that one statement can store. */
function ofOneStatement(batch: Waiting[]): Waiting[] {
  let special: keyof typeof inserts | undefined
  const end = batch.findIndex(({ entry }) => {
    const own = statementOf(entry)
    special ??= own
    return own !== undefined && own !== special
  })
  return end < 0 ? batch : batch.slice(0, end)
}

/**
 * A batch without what a person does in a room after they have joined or left it: their gate is asked again when that is
 * stored. Also without what means people in such a room: the statement sees only those who were members before it. What its author has sent
 * after that waits with it.
 */
function untilTheyMove(batch: Waiting[]): Waiting[] {
  if (!batch.some(({ entry }) => changesMembers(entry))) return batch
  const moved = new Set<string>()
  const rooms = new Set<number>()
  let changes = 0
  return batch.filter(({ room, entry: { kind, actor, member = actor, meant } }) => {
    const who = `${room.key} ${member.id}`
    if (moved.has(who)) return false
    if (changesMembers({ kind })) {
      rooms.add(room.key)
      moved.add(who)
      return ++changes <= mostMemberChanges
    }
    if (!meant || !rooms.has(room.key)) return true
    moved.add(who)
    return false
  })
}

const authorOf = ({ room, entry }: Waiting): string => `${room.key} ${entry.actor.id}`

/** The same may be allowed when it is tried again. */
const isTransient = (error: unknown): boolean =>
  isUnavailable(error) || (error instanceof ChatError && error.code === 'unavailable')

function uniqueRooms(batch: Waiting[]): LogRoom[] {
  return [...new Map(batch.map(({ room }) => [room.key, room])).values()]
}
