import { createDeadline } from '../storage/deadline.ts'
import { openPool } from '../storage/pool.ts'
import type { Note } from './bus.ts'
import type { Line } from './line.ts'
import { createJoiner, cutInParts } from './parts.ts'

type Log = (message: string, fields?: object) => void

const channel = 'parley_bus'
const responseMs = 3000
const mostWaiting = 1000
const joinMs = 3
/** The spans of more entries end on this node. */
const mostTraces = 100

/** One connection for the life of the process. What is notified is in memory: a commit of it need not reach the disk. */
const session = {
  limits: { statement_timeout: responseMs, lock_timeout: 0, idle_in_transaction_session_timeout: 0 },
  max: 1,
  max_lifetime: null,
  settings: {
    synchronous_commit: 'off',
    tcp_keepalives_idle: '20',
    tcp_keepalives_interval: '5',
    tcp_keepalives_count: '4',
  },
}

/**
 * LISTEN and NOTIFY of the Postgres that the community is stored in. A NOTIFY reaches every node and takes a lock of the
 * whole server, so entries of the log travel without their text, one wake-up for each room and batch.
 */
export function postgresLine(url: string, log: Log): Line {
  return {
    place: 'Postgres (LISTEN and NOTIFY)',
    joinMs,
    mostUnderWay: 1,
    topicOf: () => 'nodes',
    shorten: (note) => (note.to === 'log' && note.text !== undefined ? withoutText(note) : note),
    join: lastOfEachRoom,
    async open({ hear, lost }) {
      let closed = false
      const lose = (why: string) => {
        if (closed) return
        closed = true
        lost(why)
        void pool.close().catch(() => {})
      }
      const join = createJoiner(hear)
      const pool = openPool(url, log, {
        ...session,
        onclose: () => lose('the connection was lost'),
        onnotify: (_, payload) => join(payload),
      })
      const within = createDeadline({ limitMs: responseMs, mostWaiting, onMiss: pool.dropSilentSince })
      try {
        await within(() => pool.sql.unsafe(`listen ${channel}`))
      } catch (error) {
        closed = true
        void pool.close().catch(() => {})
        throw error
      }
      return {
        async send(_, text) {
          const parts = cutInParts(text)
          const payloads = parts.length === 1 ? parts[0]! : (parts as never)
          return within(() => pool.sql.unsafe(notify[parts.length] ?? notifyAll, [channel, payloads]))
        },
        async listen() {},
        ignore() {},
        async close() {
          closed = true
          await pool.close()
        },
      }
    },
  }
}

const notify: Record<number, string> = { 1: 'select pg_notify($1, $2)' }
/** In one transaction, so the parts come one after the other. */
const notifyAll =
  'select pg_notify($1, part) from unnest($2::text[]) with ordinality as parts (part, at) order by at'

type LogNote = Extract<Note, { to: 'log' }>

const withoutText = ({ to, room, seq, left, traces }: LogNote): Note => ({
  to,
  room,
  seq,
  ...(left !== undefined && { left }),
  ...(traces !== undefined && { traces }),
})

/** A wake-up says all that earlier ones of its room said, unless a membership ended. */
function lastOfEachRoom(notes: Note[]): Note[] {
  const last = new Map<number, LogNote>()
  for (const note of notes) if (note.to === 'log' && note.left === undefined) last.set(note.room, note)
  return notes.filter((note) => {
    if (note.to !== 'log' || note.left !== undefined) return true
    const kept = last.get(note.room)!
    if (kept !== note && note.traces !== undefined)
      kept.traces = [...note.traces, ...(kept.traces ?? [])].slice(0, mostTraces)
    return kept === note
  })
}
