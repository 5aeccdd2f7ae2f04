import type { Size } from './formulas.ts'

/** A socket that counts the messages it gets, and may send some. */
export type Listener = {
  heard(): number
  /** The mean of the messages it got. */
  size(): Size
  ask(command: object): Promise<void>
  close(): void
}

type Waiting = { resolve(): void; reject(error: Error): void }

export async function openListener(url: string, token: string): Promise<Listener> {
  const options = { headers: { authorization: `Bearer ${token}` } } as unknown as string[]
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, options)
  const waiting = new Map<number, Waiting>()
  const greeted = Promise.withResolvers<void>()
  let refs = 0
  let heard = 0
  let characters = 0
  let quotes = 0
  socket.onmessage = ({ data }) => {
    const text = String(data)
    if (text.startsWith('{"type":"message.created"')) {
      heard++
      characters += text.length
      quotes += text.split('"').length - 1
      return
    }
    const frame = JSON.parse(text) as { type: string; ref?: number }
    if (frame.type === 'hello') greeted.resolve()
    const asked = waiting.get(frame.ref ?? -1)
    if (!asked) return
    waiting.delete(frame.ref!)
    if (frame.type === 'error') asked.reject(new Error(text))
    else asked.resolve()
  }
  socket.onclose = ({ code, reason }) => {
    const error = new Error(`A socket was closed: ${code} ${reason}`)
    greeted.reject(error)
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  await greeted.promise
  return {
    heard: () => heard,
    size: () => ({ characters: characters / heard, quotes: quotes / heard }),
    ask(command) {
      const ref = ++refs
      const replied = new Promise<void>((resolve, reject) => waiting.set(ref, { resolve, reject }))
      socket.send(JSON.stringify({ ...command, ref }))
      return replied
    },
    close: () => socket.close(),
  }
}
