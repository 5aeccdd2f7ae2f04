/*
 * Loaded after the page is drawn. It imports only types of the page, and gets the rest as arguments: the bundler takes what two files
 * import out of the page, which would cost the first load more than this file has.
 */
import type { batch, effect, ReadonlySignal, signal } from '@preact/signals'
import type { State } from '../../sdk/state.ts'
import type { Attachment, Packed } from './attachment.ts'
import { type Found, openDatabase, putRow, type Row, remove, rowsOf, takeRows } from './kept-rows.ts'
import type { Refused } from './uploads.ts'

export type Parts = {
  readonly username: string
  readonly state: () => State
  readonly attachments: ReadonlySignal<readonly Attachment[]>
  readonly packed: ReadonlySignal<readonly Packed[]>
  /** Says whether its bytes, or the parcel with this id, are kept now. */
  mark(id: string, kept: boolean): void
  /** Takes back what waited before. */
  restore(found: Restored): void
  readonly tools: {
    readonly batch: typeof batch
    readonly effect: typeof effect
    readonly signal: typeof signal
    createId(): string
    isFresh(attachment: Attachment): boolean
    parcelOf(clientId: string): string
  }
}

export type Restored = {
  readonly attachments: readonly Attachment[]
  readonly packed: readonly Packed[]
  /** Parcels of which a file is lost: they are drafts again. */
  readonly opened: readonly Packed[]
  readonly lost: ReadonlyMap<string, readonly Refused[]>
}

export type Kept = {
  /** Takes what a tab has left that was closed since. */
  look(): Promise<void>
  /** Another person is signed in: from now on nothing is written. */
  close(): void
  /** Deletes all that this person has in this browser. */
  erase(): Promise<void>
}

/**
 * Keeps files that are not sent, and the messages that wait for them, until they are sent or their author signs out: as plain as the texts
 * that wait. Each belongs to one tab, which has a lock while it is open; when it is closed, another one sends what it has left.
 */
export async function keep(parts: Parts): Promise<Kept> {
  const { username, state, attachments, packed, mark, tools } = parts
  const stop = new AbortController()
  const { signal: stopped } = stop
  const db = await openDatabase()
  const tab = tools.createId()
  await holdLock(tab, stopped)
  /** As they were written last. */
  const known = new Map<string, Attachment | Packed>()

  const write = () => {
    const now = new Map<string, Attachment | Packed>()
    for (const each of attachments.value) now.set(each.id, each)
    for (const each of packed.value) now.set(each.client_id, each)
    // What somebody else does not find is still there for its person.
    if (stopped.aborted || state().me?.username !== username) return
    for (const id of [...known.keys()].filter((each) => !now.has(each))) {
      known.delete(id)
      void remove(db, [id]).catch(() => {})
    }
    for (const [id, each] of now) {
      const before = known.get(id)
      if (before && isSame(before, each)) continue
      known.set(id, each)
      void put(id, each, before === undefined)
    }
  }
  let order = Date.now() * 1000
  const orders = new Map<string, number>()
  const orderOf = (id: string) => {
    const at = orders.get(id) ?? order++
    orders.set(id, at)
    return at
  }
  const put = async (id: string, each: Attachment | Packed, isNew: boolean) => {
    const row: Row = {
      id,
      username,
      tab,
      bytes: 0,
      order: orderOf(id),
      ...('client_id' in each ? packedRow(each) : fileRow(each)),
    }
    const local = isNew && 'local' in each ? each.local : undefined
    const isPacked = 'client_id' in each
    try {
      // Without a place for its bytes it waits while the page is open, which the page says.
      const bytes = await putRow(db, row, local).catch((error) => {
        if (!known.has(id) || !local) throw error
        return putRow(db, row)
      })
      if (isNew) mark(id, isPacked || bytes > 0)
    } catch {
      if (isNew) mark(id, false)
    }
  }

  const take = async (other: string) => {
    const found = await takeRows(db, username, other, tab)
    if (stopped.aborted) return
    const restored = sort(found, parts)
    tools.batch(() => {
      for (const { row } of found) orders.set(row.id, row.order)
      for (const each of restored.attachments) known.set(each.id, each)
      for (const each of [...restored.packed, ...restored.opened]) known.set(each.client_id, each)
      parts.restore(restored)
    })
    const left = new Set([
      ...attachments.value.map(({ id }) => id),
      ...packed.value.map((each) => each.client_id),
    ])
    const gone = found.map(({ row }) => row.id).filter((id) => !left.has(id))
    for (const id of gone) known.delete(id)
    await remove(db, gone)
  }
  const asked = new Set([tab])
  const look = async () => {
    for (const { tab: other } of await rowsOf(db, username)) {
      if (asked.has(other)) continue
      asked.add(other)
      withLock(other, stopped, () => take(other)).catch(() => asked.delete(other))
    }
  }
  await look()
  const end = tools.effect(write)

  return {
    look,
    close() {
      end()
      stop.abort()
    },
    async erase() {
      await remove(
        db,
        (await rowsOf(db, username)).map(({ id }) => id),
      )
    },
  }
}

/** What becomes of what was found. A room that is gone takes with it what waited for it. */
function sort(found: readonly Found[], { state, tools }: Parts): Restored {
  const { rooms, me } = state()
  const files = found.flatMap(({ row: { file }, local }): Attachment[] => {
    if (!file || !rooms[file.room]) return []
    const each: Attachment = {
      ...file,
      ...(local && { local }),
      stage: 'waiting',
      kept: local !== undefined,
      percent: tools.signal(0),
    }
    if (tools.isFresh(each)) return [{ ...each, stage: 'done', percent: tools.signal(100) }]
    const { uploaded: _, ...again } = each
    return [again]
  })
  const isSent = ({ room: id, client_id }: Packed) => {
    const room = rooms[id]
    return (
      room?.pending.some((each) => each.client_id === client_id) ||
      room?.messages.some((each) => each.client_id === client_id && each.author.username === me?.username)
    )
  }
  const parcels = found
    .flatMap(({ row }) => row.parcel ?? [])
    .filter((each) => rooms[each.room] && !isSent(each))
  const placeOf = new Map(parcels.map((each) => [tools.parcelOf(each.client_id), each.place]))
  // Those of a parcel that is sent or gone are left out.
  const wanted = files.filter(({ holder }) => !holder.startsWith(':') || placeOf.has(holder))
  const isLost = ({ stage, local }: Attachment) => stage !== 'done' && !local
  const broken = new Set(wanted.filter(isLost).map(({ holder }) => holder))
  const lost = new Map<string, Refused[]>()
  for (const each of wanted.filter(isLost)) {
    const place = placeOf.get(each.holder) ?? each.holder
    lost.set(place, [...(lost.get(place) ?? []), { why: 'lost', name: each.name }])
  }
  const isBroken = ({ client_id }: Packed) => broken.has(tools.parcelOf(client_id))
  return {
    attachments: wanted.filter((each) => !isLost(each)),
    packed: parcels.filter((each) => !isBroken(each)).map((each) => ({ ...each, kept: true })),
    opened: parcels.filter(isBroken),
    lost,
  }
}

const isSame = (one: Attachment | Packed, other: Attachment | Packed): boolean =>
  'client_id' in one ||
  (!('client_id' in other) &&
    one.holder === other.holder &&
    one.alt === other.alt &&
    one.uploaded === other.uploaded)

const fileRow = ({ local: _, percent: _p, kept: _k, error: _e, stage: _s, ...file }: Attachment) => ({ file })
const packedRow = ({ kept: _, ...parcel }: Packed) => ({ parcel })

const lockOf = (tab: string) => `parley.tab ${tab}`

/** Browsers have locks only on pages with TLS. Without them two tabs may both send: it is the same message for the server. */
async function withLock(tab: string, signal: AbortSignal, act: () => Promise<void>): Promise<void> {
  await (navigator.locks ? navigator.locks.request(lockOf(tab), { signal }, act) : act())
}

const holdLock = (tab: string, stopped: AbortSignal): Promise<void> =>
  new Promise((held) => {
    void withLock(tab, new AbortController().signal, () => {
      held()
      return new Promise((release) => stopped.addEventListener('abort', () => release()))
    }).catch(() => held())
  })
