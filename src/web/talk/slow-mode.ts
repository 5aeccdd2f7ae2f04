import type { RoomState } from '../../sdk/state.ts'

const searched = 200

/** Seconds until you may write again in a slow room, by the clock of this device. */
export function waitIn(room: RoomState, me: string | undefined, nowMs: number): number {
  const { slow_seconds: slow, messages, pending } = room
  if (slow === 0) return 0
  const said = messages.slice(-searched).findLast(({ author }) => author.username === me)?.created_at
  const sending = pending.findLast(({ state }) => state === 'sending')?.at
  const left = Math.max(...[said, sending].map((at) => (at ? Date.parse(at) : 0))) + slow * 1000 - nowMs
  // A wrong clock must not stop you from writing: the server decides.
  return left > slow * 1000 ? 0 : Math.max(0, Math.ceil(left / 1000))
}
