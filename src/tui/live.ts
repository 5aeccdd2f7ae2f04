import type { Client } from '../sdk/client.ts'
import { roomOf } from '../sdk/state.ts'

/** Keeps every joined room live, so that its unread count is; `refused` hears which one the server keeps closed. */
export function keepRoomsLive(client: Client, refused: (room: string, error: unknown) => void): () => void {
  const live = new Set<string>()
  const look = () => {
    const { status, rooms } = client.state
    if (status !== 'online') return
    for (const { id, role } of Object.values(rooms)) {
      if (!role || live.has(id)) continue
      live.add(id)
      client
        .room(id)
        .open({ history: 0 })
        .catch((error) => refused(id, error))
    }
  }
  const stops = [client.subscribe(look), client.on('room.closed', ({ room }) => void live.delete(room))]
  look()
  return () => stops.forEach((stop) => void stop())
}

/** Settles when the client is connected, or says why it never will be. */
export function whenOnline(client: Client): Promise<'online' | 'ended'> {
  return new Promise((resolve) => {
    const look = () => {
      const { status } = client.state
      if (status !== 'online' && status !== 'ended') return
      stop()
      resolve(status)
    }
    const stop = client.subscribe(look)
    look()
  })
}

/** Becomes a member of a room one may join, unless one is. */
export async function enterRoom(client: Client, room: string): Promise<void> {
  if (!roomOf(client.state, room)?.role) await client.room(room).join()
}
