import { createBounded } from '../../bounded.ts'
import type { Spent } from '../../bus/bus.ts'
import { announce, onChangeElsewhere, perServer, type Tools } from '../../scope.ts'

/** What was spent in this time is sent together. */
const gatherMs = 250
/** A bus carries small notes best. */
const mostInNote = 100
const mostNodes = 1000

const telling = perServer(() => ({
  /** The number of the last note. */
  no: 0,
  /** By limit and key. */
  unsent: new Map<string, Spent>(),
  timer: undefined as ReturnType<typeof setTimeout> | undefined,
  atOnce: false,
}))

/** Tells the other nodes, if there are any. What they have not heard yet can be spent there again. */
export function tellSpent(tools: Tools, { limit, key, count }: Spent, atOnce: boolean): void {
  if (tools.bus.others().size === 0) return
  const state = telling(tools)
  const name = `${limit} ${key}`
  const known = state.unsent.get(name)
  if (known) known.count += count
  else state.unsent.set(name, { limit, key, count })
  state.timer ??= setTimeout(() => tell(tools), gatherMs).unref()
  if (!atOnce || state.atOnce) return
  state.atOnce = true
  queueMicrotask(() => tell(tools))
}

function tell(tools: Tools): void {
  const state = telling(tools)
  const spent = [...state.unsent.values()].filter(({ count }) => count !== 0)
  state.unsent.clear()
  clearTimeout(state.timer)
  state.timer = undefined
  state.atOnce = false
  for (let at = 0; at < spent.length; at += mostInNote)
    announce(tools, { what: 'spent', no: ++state.no, spent: spent.slice(at, at + mostInNote) })
}

/** What the other nodes tell. A note that comes again, or late, counts no more; one that is lost never does. */
export function onSpent(tools: Tools, listener: (spent: Spent) => void): void {
  const heard = createBounded<string, number>(mostNodes)
  onChangeElsewhere(tools, 'spent', ({ no, spent }, node) => {
    if (no <= (heard.get(node) ?? 0)) return
    heard.set(node, no)
    for (const one of spent) listener(one)
  })
}
