import type { Dialect } from './job.ts'
import { markedText } from './marker.ts'

/** How a talker says something, and how a number of its own is found in it where the server does not count. */
type Words = {
  frame(room: string): string
  /** True when the message's number is made by the sender. */
  numbered: boolean
  path(room: string, token: string): string
  /** The frame that follows the handshake, before which a socket has not joined. */
  greets: boolean
}

/** Sender's numbers start here, so that all have the same width. */
export const firstNumber = 1_000_000_000

export const dialects: Record<Dialect, Words> = {
  parley: {
    frame: () => JSON.stringify({ type: 'message.send', content: markedText }),
    numbered: false,
    path: (room, token) => `/ws/${room}?token=${token}`,
    greets: true,
  },
  plain: {
    frame: (room) => JSON.stringify({ type: 'message', room, content: markedText }),
    numbered: false,
    path: (room) => `/ws/${room}`,
    greets: false,
  },
  echo: {
    frame: (room) => JSON.stringify({ type: 'message', room, seq: firstNumber, content: markedText }),
    numbered: true,
    path: (room) => `/ws/${room}`,
    greets: false,
  },
}
