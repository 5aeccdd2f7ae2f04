import type { Client } from '../sdk/client.ts'
import { RequestError } from '../sdk/errors.ts'
import { roomOf } from '../sdk/state.ts'

/** Keeps every joined room open, so that its unread count is up to date. Calls `refused` for a room that does not open. */
export function keepRoomsLive(client: Client, refused: (room: string, error: unknown) => void): () => void {
  const live = new Set<string>()
  const check = () => {
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
  const stops = [client.subscribe(check), client.on('room.closed', ({ room }) => void live.delete(room))]
  check()
  return () => stops.forEach((stop) => void stop())
}

/** Resolves when the client is connected or has ended. */
export function whenOnline(client: Client): Promise<'online' | 'ended'> {
  return new Promise((resolve) => {
    const check = () => {
      const { status } = client.state
      if (status !== 'online' && status !== 'ended') return
      stop()
      resolve(status)
    }
    const stop = client.subscribe(check)
    check()
  })
}

/** Joins a room, by an invitation if there is one, unless the user is a member already. */
export async function joinOnce(client: Client, room: string): Promise<void> {
  if (roomOf(client.state, room)?.role) return
  await client
    .room(room)
    .join()
    .catch((error) => {
      // A room that one may not see may be one that one is invited to.
      if (!(error instanceof RequestError) || error.code !== 'not_found') throw error
      return client.acceptInvitation(room).catch(() => {
        throw error
      })
    })
}
