import type { Entry, History, Listener, Send } from './history.ts'
import type { Line } from './recorder.ts'

/** A history from its lines, in the order in which they were written. */
export function historyOf(lines: Iterable<Line>): History {
  const sends = new Map<string, Send>()
  const listeners = new Map<string, Listener>()
  const logs: Record<string, Entry[]> = {}
  const sendOf = (clientId: string): Send => {
    const send = sends.get(clientId)
    if (!send) throw new Error(`The history contains ${clientId}, which was never sent.`)
    return send
  }
  const listenerIn = (name: string, room: string): Listener & { heads: number[] } => {
    const key = `${name} ${room}`
    const listener = listeners.get(key) ?? { name, room, heard: [], resets: [], heads: [] }
    listeners.set(key, listener)
    return listener as Listener & { heads: number[] }
  }

  for (const line of lines) {
    if (line.what === 'invoke') {
      const { who, room, client_id: clientId, content } = line
      // A retry after a lost connection is the same send.
      if (!sends.has(clientId)) sends.set(clientId, { sender: who, room, clientId, content })
    } else if (line.what === 'ok') sendOf(line.client_id).ack = line.seq
    else if (line.what === 'fail') sendOf(line.client_id).refused = line.code
    else if (line.what === 'open' && line.room !== undefined) {
      const listener = listenerIn(line.who, line.room)
      if (line.mode === 'reset') listener.resets.push(listener.heard.length)
      if (line.head !== undefined) listener.heads.push(line.head)
    } else if (line.what === 'receive') {
      const { seq, client_id: clientId, live } = line
      listenerIn(line.who, line.room).heard.push({
        seq,
        ...(clientId === undefined ? {} : { clientId }),
        ...(live ? { live } : {}),
      })
    } else if (line.what === 'stored') {
      const { at: _at, what: _what, room, client_id: clientId, ...entry } = line
      logs[room] ??= []
      logs[room].push({ ...entry, ...(clientId === undefined ? {} : { clientId }) })
    }
  }
  return { sends: [...sends.values()], listeners: [...listeners.values()], logs }
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
