import type { Server } from '../processes.ts'

export type Talk = Awaited<ReturnType<typeof openTalk>>

const patienceMs = 30_000

type Frame = { type: string; ref?: string; code?: string; data?: unknown }

/** A socket after its `hello`, whose commands are sent one at a time. */
export async function openTalk(server: Server, token: string) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws?token=${token}`)
  const closed = Promise.withResolvers<void>()
  let waiting: ((frame: Frame) => boolean) | undefined
  let count = 0

  function next(isWanted: (frame: Frame) => boolean): Promise<Frame> {
    const { promise, resolve, reject } = Promise.withResolvers<Frame>()
    const late = setTimeout(() => reject(new Error('The server does not reply.')), patienceMs)
    void closed.promise.then(() => reject(new Error('The server has closed a socket.')))
    waiting = (frame) => {
      if (!isWanted(frame)) return false
      clearTimeout(late)
      resolve(frame)
      return true
    }
    return promise
  }

  socket.onmessage = ({ data }) => {
    if (waiting?.(JSON.parse(String(data)) as Frame)) waiting = undefined
  }
  socket.onclose = () => closed.resolve()
  socket.onerror = () => undefined
  await next(({ type }) => type === 'hello')

  return {
    async command<Data = unknown>(command: object): Promise<Data> {
      const ref = String(++count)
      const replied = next((frame) => frame.ref === ref)
      socket.send(JSON.stringify({ ...command, ref }))
      const { type, code, data } = await replied
      if (type !== 'reply') throw new Error(`A command was refused: ${code}`)
      return data as Data
    },
    close(): Promise<void> {
      socket.close()
      return closed.promise
    },
  }
}
