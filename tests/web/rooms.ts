import type { Message } from '../../src/protocol/messages.ts'
import { type RoomState, roomState } from '../../src/sdk/state.ts'

export const message = (seq: number, username: string, more: Partial<Message> = {}): Message => ({
  room: 'general',
  seq,
  author: { username, display_name: username[0]!.toUpperCase() + username.slice(1) },
  content: `message ${seq}`,
  created_at: new Date(2026, 10, 20, 12, 0, seq).toISOString(),
  reactions: [],
  ...more,
})

/** A room of which so much is known. */
export const room = (more: Partial<RoomState> = {}): RoomState => ({
  ...roomState({ id: 'general', title: 'General', access: 'open', epoch: 'e', head: 0, role: 'member' }),
  ...more,
})
