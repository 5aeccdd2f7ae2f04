import { announce, perServer, type Tools } from '../../scope.ts'
import { type Anchor, listAnchorsHere, readAnchor, removeAnchor, writeAnchor } from './anchor-file.ts'
import { logBreak, reportBreak } from './breaks.ts'
import { type Compared, compareWithAnchor, deletedText, type Loss, tipText } from './compare-anchor.ts'
import { renewEpochs } from './epochs.ts'
import {
  firstIncarnation,
  type Incarnation,
  keepIncarnation,
  nextNumber,
  readIncarnation,
  writeIncarnation,
} from './incarnation.ts'
import { isLinkedStored, keyMark } from './integrity.ts'
import { movedRooms } from './moved.ts'
import { type Noticed, noticed } from './noticed.ts'
import { acceptShared, shareNoticed, stopSharing } from './share-noticed.ts'

/*
 * A database cannot say of itself that it is older than it was. So a server writes down, outside of it, how far each log
 * reached, and compares when it starts. The file is written after commits, never before them, and nobody waits for it.
 */

const everyMs = 5000
/** Writing takes at most this part of the time, also for very many rooms. */
const mostTimeShare = 0.01
const mostLogged = 100

const keepers = perServer(createKeeper)

function createKeeper(tools: Tools) {
  let anchor: Anchor | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let writing: Promise<void> | undefined
  let isSaved = true
  let isWarned = false
  let closed = false

  async function begin(first: Anchor): Promise<void> {
    anchor = first
    movedRooms(tools).anchored = first.rooms
    noticed(tools).begin(first.noticed)
    isSaved = false
    await save()
  }

  /** Takes what has moved into the anchor. What the writer has published is stored. */
  function update(current: Anchor): void {
    if (noticed(tools).takeChange()) {
      current.noticed = noticed(tools).list()
      isSaved = false
    }
    const { moved, deleted } = movedRooms(tools)
    if (moved.size === 0 && deleted.size === 0) return
    for (const [key, { head, link }] of moved) current.rooms.set(key, tipText(head, link))
    for (const key of deleted) current.rooms.set(key, deletedText)
    moved.clear()
    deleted.clear()
    current.key = keyMark(tools)
    current.linked = isLinkedStored(tools)
    isSaved = false
  }

  function save(): Promise<void> {
    writing ??= saveOnce().finally(() => {
      writing = undefined
    })
    return writing
  }

  async function saveOnce(): Promise<void> {
    if (!anchor) return
    const began = performance.now()
    update(anchor)
    if (!isSaved) {
      isSaved = true
      try {
        await writeAnchor(tools, anchor)
        isWarned = false
      } catch (error) {
        isSaved = false
        if (!isWarned)
          tools.log.warn('the anchor cannot be written: an older database may not be noticed', { error })
        isWarned = true
      }
    }
    clearTimeout(timer)
    if (closed) return
    timer = setTimeout(() => void save(), Math.max(everyMs, (performance.now() - began) / mostTimeShare))
    timer.unref()
  }

  return {
    begin,
    isOpen: (): boolean => anchor !== undefined,
    /** Writes the file again, with the current key of the ring. */
    async write(): Promise<void> {
      isSaved = false
      await writing
      await save()
    },
    /** To be called when nothing is written to the logs any more. */
    async close(): Promise<void> {
      closed = true
      stopSharing(tools)
      await writing
      await save()
    },
  }
}

/**
 * Compares the database with the anchor, before anybody is served, and begins to keep the anchor. Returns whether every room
 * has got a new epoch, of which nodes that run already have to hear.
 */
export async function openAnchor(tools: Tools): Promise<boolean> {
  if (!tools.policy.anchors) return false
  // Nodes that start at the same time count their starts one after the other, and give new epochs once.
  return tools.sql.kind === 'postgres' ? tools.sql.exclusively(() => open(tools)) : open(tools)
}

async function open(tools: Tools): Promise<boolean> {
  const stored = await readIncarnation(tools)
  const before = await findAnchor(tools, stored)
  const compared = await compareWithAnchor(tools, stored, before)
  const origin = await originOf(tools.sql)
  const isKnown = before !== undefined && (stored?.number ?? 0) <= before.number
  const hasMoved = isKnown && isOther(before.origin, origin)
  const begun = next(stored, before, compared.older || hasMoved)
  const incarnation = stored ? begun : await keepIncarnation(tools, begun)
  await store(tools, incarnation, compared.older || hasMoved)
  report(tools, compared, { stored, before, hasMoved })
  for (const other of await listAnchorsHere(tools))
    if (other.community !== incarnation.community) await removeAnchor(tools, other)
  await keepers(tools).begin({
    ...incarnation,
    key: keyMark(tools),
    linked: isLinkedStored(tools),
    place: tools.policy.anchors!.place,
    origin,
    noticed: noticedIn(tools, compared.losses, isKnown ? before.noticed : []),
    rooms: compared.rooms,
  })
  return compared.older || hasMoved
}

function next(stored: Incarnation | undefined, before: Anchor | undefined, isNew: boolean): Incarnation {
  const { community, number, starts } = stored ?? (before && { ...before, starts: 0 }) ?? firstIncarnation()
  return {
    community,
    number: isNew ? nextNumber(number, before?.number ?? 0) : number,
    starts: Math.max(starts, before?.number === number ? before.starts : 0) + 1,
  }
}

async function store(tools: Tools, incarnation: Incarnation, isNew: boolean): Promise<void> {
  if (!isNew) return writeIncarnation(tools, tools.sql, incarnation)
  await tools.sql.withoutTimeLimits((session) =>
    session.transaction(async (sql) => {
      await renewEpochs(sql)
      await writeIncarnation(tools, sql, incarnation)
    }),
  )
}

/** The anchor of this community in this directory. */
async function findAnchor(tools: Tools, stored: Incarnation | undefined): Promise<Anchor | undefined> {
  const { log } = tools
  if (!stored) {
    // A database from before there were anchors, or a new one. If there is an anchor, the database is older than it, unless it is new.
    const [anchor] = await listAnchorsHere(tools)
    const isNew = (await tools.sql.query('select 1 from users limit 1')).length === 0
    if (anchor && isNew)
      log.warn('the database is empty, and DATA_DIR knows another: this is a new community')
    return isNew ? undefined : anchor
  }
  const found = await readAnchor(tools, stored.community)
  if (typeof found === 'object') return found
  if (found === 'changed') reportBreak(tools, 'anchor', 0, 0)
  else if (stored.starts > 0)
    log.warn(
      'there is no anchor of this database in DATA_DIR: whether it is older than it was cannot be said this time. ' +
        'That is right on a new machine',
      { anchor: found },
    )
  return undefined
}

type Start = { stored: Incarnation | undefined; before: Anchor | undefined; hasMoved: boolean }

function report(tools: Tools, { older, losses }: Compared, { stored, before, hasMoved }: Start): void {
  const { log } = tools
  if (before && stored && stored.number > before.number)
    log.info('the database was restored since this server used it, and has new epochs')
  if (older)
    log.error(
      'the database is older than it was: every room has a new epoch, so clients fetch everything again',
      {
        rooms: losses.filter(({ roomKey }) => roomKey !== 0).length,
      },
    )
  else if (hasMoved)
    log.warn(
      'Postgres is another server, or another one was promoted: every room has a new epoch, in case the last events are lost',
    )
  losses.forEach(({ what, roomKey, seq }, index) => {
    if (index < mostLogged) logBreak(tools, what, roomKey, seq)
    else tools.metrics.logBreaks.add(what)
  })
}

function noticedIn({ clock }: Tools, losses: Loss[], before: readonly Noticed[]): Noticed[] {
  const at = clock().toISOString()
  const fresh = losses.map(
    ({ roomKey, ...loss }): Noticed => ({ at, ...loss, ...(roomKey !== 0 && { roomKey }) }),
  )
  return [...before, ...fresh]
}

/** Another server, or one that was promoted, may lack the last commits. Not every Postgres says which it is. */
async function originOf({ kind, query }: Tools['sql']): Promise<Anchor['origin']> {
  if (kind === 'embedded') return { system: '', timeline: '' }
  const ask = (text: string) =>
    query<{ value: string }>(text).then(
      ([row]) => row?.value ?? '',
      () => '',
    )
  const system = await ask('select system_identifier::text as value from pg_control_system()')
  const timeline = await ask('select left(pg_walfile_name(pg_current_wal_lsn()), 8) as value')
  return { system, timeline }
}

const isOther = (one: Anchor['origin'], other: Anchor['origin']): boolean =>
  (['system', 'timeline'] as const).some((each) => one[each] && other[each] && one[each] !== other[each])

/** Writes the last state. To be called when nothing is written to the logs any more. */
export const closeAnchor = (tools: Tools): Promise<void> => keepers(tools).close()

/** To be done before an older key is dropped. */
export async function resealAnchor(tools: Tools): Promise<void> {
  if (keepers(tools).isOpen()) return keepers(tools).write()
  const anchor = await ownAnchor(tools)
  if (anchor) await writeAnchor(tools, anchor)
}

async function ownAnchor(tools: Tools): Promise<Anchor | undefined> {
  if (!tools.policy.anchors) return undefined
  const stored = await readIncarnation(tools)
  const found = stored ? await readAnchor(tools, stored.community) : (await listAnchorsHere(tools))[0]
  return typeof found === 'object' ? found : undefined
}

type Review = {
  /** False where this directory has no anchor of the database. */
  anchored: boolean
  /** What the database lacks now. */
  losses: Loss[]
  /** What starts and reading have noticed before. */
  noticed: readonly Noticed[]
}

/** On the command line, where no server keeps the anchor. */
function useNoticed(tools: Tools, anchor: Anchor | undefined): void {
  if (!keepers(tools).isOpen()) noticed(tools).begin(anchor?.noticed ?? [])
}

/** Compares without changing anything but what was noticed. */
export async function reviewAnchor(tools: Tools): Promise<Review> {
  const anchor = await ownAnchor(tools)
  useNoticed(tools, anchor)
  const seen = await shareNoticed(tools)
  if (!anchor) return { anchored: false, losses: [], noticed: seen }
  const { losses } = await compareWithAnchor(tools, await readIncarnation(tools), anchor)
  return { anchored: true, losses, noticed: seen }
}

/** The operator knows of what was noticed: it is not reported again. Returns how much that was. */
export async function acceptNoticed(tools: Tools): Promise<number> {
  const anchor = keepers(tools).isOpen() ? undefined : await ownAnchor(tools)
  useNoticed(tools, anchor)
  const accepted = await acceptShared(tools)
  announce(tools, { what: 'findings' })
  if (keepers(tools).isOpen()) await keepers(tools).write()
  else if (anchor) await writeAnchor(tools, { ...anchor, noticed: [] })
  return accepted
}
