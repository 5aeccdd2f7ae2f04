import type { RoomState } from '../../sdk/state.ts'

const searched = 200

/** Seconds until one may write again in a slow room, as far as our clock and the server's agree. */
export function waitIn(room: RoomState, me: string | undefined, nowMs: number): number {
  const { slow_seconds: slow, messages, pending } = room
  if (slow === 0) return 0
  const said = messages.slice(-searched).findLast(({ author }) => author.username === me)?.created_at
  const sending = pending.findLast(({ state }) => state === 'sending')?.at
  const left = Math.max(...[said, sending].map((at) => (at ? Date.parse(at) : 0))) + slow * 1000 - nowMs
  // A clock that is wrong must keep nobody silent: the server has the last word, and the message waits for it.
  return left > slow * 1000 ? 0 : Math.max(0, Math.ceil(left / 1000))
}
