import type { Entry, History, Listener, Send } from './history.ts'
import { linesOf } from './lines.ts'
import type { Line } from './recorder.ts'

/** A history from its lines, in the order in which they were written. */
export function historyOf(lines: Iterable<Line>): History {
  const sends = new Map<string, Send>()
  const listeners = new Map<string, Listener>()
  const logs: Record<string, Entry[]> = {}
  const known = new Map<string, number>()
  /** Those who were added back after somebody had removed them. */
  const added = new Set<string>()
  const timesAdded = new Map<string, number>()
  const know = (room: string, seq: number): void => void known.set(room, Math.max(seq, known.get(room) ?? 0))
  const sendOf = (clientId: string): Send => {
    const send = sends.get(clientId)
    if (!send) throw new Error(`The history contains ${clientId}, which was never sent.`)
    return send
  }
  const listenerIn = (name: string, room: string): Required<Listener> => {
    const key = `${name} ${room}`
    const listener = listeners.get(key) ?? { name, room, heard: [], resets: [], heads: [] }
    listeners.set(key, listener)
    return listener as Required<Listener>
  }

  for (const line of lines) {
    if (line.what === 'invoke') {
      const { who, room, client_id: clientId, content } = line
      // A retry after a lost connection is the same send.
      if (!sends.has(clientId)) sends.set(clientId, { sender: who, room, clientId, content })
    } else if (line.what === 'refused' || (line.what === 'unknown' && line.gave_up))
      sendOf(line.client_id).retried = true
    else if (line.what === 'ok') {
      const send = sendOf(line.client_id)
      send.ack = line.seq
      know(send.room, line.seq)
    } else if (line.what === 'removing') added.delete(`${line.who} ${line.room}`)
    // They are a member from the commit on, which is before the response.
    else if (line.what === 'adding' || line.what === 'added') {
      const key = `${line.who} ${line.room}`
      added.add(key)
      if (line.what === 'adding') timesAdded.set(key, (timesAdded.get(key) ?? 0) + 1)
    } else if (line.what === 'fail') sendOf(line.client_id).refused = line.code
    else if (line.what === 'trespass') {
      const { at, who, room, client_id: clientId, content, seq } = line
      const accepted = seq === undefined ? {} : { ack: seq }
      sends.set(clientId, { sender: who, room, clientId, content, trespassedUs: at, ...accepted })
    } else if (line.what === 'open' && line.room !== undefined) {
      const listener = listenerIn(line.who, line.room)
      if (line.mode === 'reset') listener.resets.push(listener.heard.length)
      const isAdded = added.has(`${line.who} ${line.room}`)
      if (line.head !== undefined)
        listener.heads.push({
          head: line.head,
          known: known.get(line.room) ?? 0,
          ...(isAdded ? { added: true } : {}),
        })
    } else if (line.what === 'receive') {
      const { seq, client_id: clientId, live } = line
      know(line.room, seq)
      const back = timesAdded.get(`${line.who} ${line.room}`)
      listenerIn(line.who, line.room).heard.push({
        seq,
        ...(clientId === undefined ? {} : { clientId }),
        ...(live ? { live } : {}),
        ...(live && back ? { back } : {}),
      })
    } else if (line.what === 'stored') {
      const { at: _at, what: _what, room, client_id: clientId, ...entry } = line
      logs[room] ??= []
      logs[room].push({ ...entry, ...(clientId === undefined ? {} : { clientId }) })
    }
  }
  return { sends: [...sends.values()], listeners: [...listeners.values()], logs }
}

/** The lines of a file, one at a time. */
export async function* readLines(path: string): AsyncGenerator<Line> {
  for await (const line of linesOf(Bun.file(path).stream())) if (line !== '') yield JSON.parse(line) as Line
}

export async function readHistory(path: string): Promise<History> {
  const text = await Bun.file(path).text()
  return historyOf(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line),
  )
}
