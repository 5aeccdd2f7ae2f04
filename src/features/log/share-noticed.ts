import { perServer, type Tools } from '../../scope.ts'
import { mostNoticed, type Noticed, noticed, placeOf } from './noticed.ts'
import { acceptStored, readNoticed, storeNoticed } from './noticed-store.ts'

const retryMs = 5000

/*
 * Each node keeps what it noticed in its anchor, outside of the database, and stores it for the other nodes. Somebody who changes the
 * database can remove it from there, and not say that the operator has accepted it.
 */

const sharing = perServer((tools) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isWarned = false

  function soon(waitMs = 0): void {
    if (timer) return
    timer = setTimeout(() => void share(), waitMs)
    timer.unref()
  }

  async function share(): Promise<void> {
    timer = undefined
    try {
      await shareNoticed(tools)
      isWarned = false
    } catch (error) {
      if (!isWarned)
        tools.log.warn('what was noticed cannot be stored for the other nodes; trying again', { error })
      isWarned = true
      soon(retryMs)
    }
  }

  noticed(tools).onNew(() => soon())
  return { soon, stop: (): void => clearTimeout(timer) }
})

/** Stores for the other nodes what this one has noticed, and drops what was accepted on another. */
export const shareSoon = (tools: Tools): void => sharing(tools).soon()
export const stopSharing = (tools: Tools): void => sharing(tools).stop()

/** Stores what is new, drops what was accepted on any node, and returns what the nodes have noticed, of each place once. */
export async function shareNoticed(tools: Tools): Promise<readonly Noticed[]> {
  const own = noticed(tools)
  let stored = await readNoticed(tools)
  const fresh = own.list().filter(({ kept }) => kept === undefined)
  if (fresh.length > 0) {
    const open = [...stored.values()].filter(({ accepted }) => !accepted).length
    await storeNoticed(tools, fresh.slice(0, Math.max(0, mostNoticed - open)))
    stored = await readNoticed(tools)
  }
  const stay: Noticed[] = []
  for (const each of own.list()) {
    const row = stored.get(placeOf(each))
    const since = each.kept ?? (row && !row.accepted ? row.at.toISOString() : undefined)
    // A row from before it was noticed again proves nothing.
    if (row?.accepted && since !== undefined && row.at.toISOString() >= since) continue
    stay.push(since === undefined || since === each.kept ? each : { ...each, kept: since })
  }
  own.replace(stay)
  const places = new Set(stay.map(placeOf))
  const others = [...stored.values()].filter((row) => !row.accepted && !places.has(placeOf(row)))
  return [...stay, ...others.map(present)]
}

const present = ({ what, roomKey, seq, room, by, at }: Stored): Noticed => ({
  at: at.toISOString(),
  what,
  ...(by === 'reading' && { by }),
  room,
  ...(roomKey !== 0 && { roomKey }),
  seq,
})

type Stored = Awaited<ReturnType<typeof readNoticed>> extends Map<string, infer Row> ? Row : never

/** The operator knows of all that. Returns how much it was. */
export async function acceptShared(tools: Tools): Promise<number> {
  const all = await shareNoticed(tools)
  const stored = await readNoticed(tools)
  await acceptStored(
    tools,
    [...stored.values()].filter(({ accepted }) => !accepted),
  )
  const known = new Set(all.map(placeOf))
  noticed(tools).replace(
    noticed(tools)
      .list()
      .filter((each) => !known.has(placeOf(each))),
  )
  return all.length
}
