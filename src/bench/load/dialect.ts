import type { Dialect } from './job.ts'
import { markedText } from './marker.ts'

/** How to send a message to a server, and how to find a number in it if the server does not count. */
type Words = {
  frame(room: string): string
  /** True if the sender numbers the messages. */
  numbered: boolean
  path(room: string, token: string): string
  /** The frame after the handshake; until it arrives, a socket has not joined. */
  greets: boolean
}

/** The first number of a sender, so that all have the same width. */
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
