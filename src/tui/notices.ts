import type { Client } from '../sdk/client.ts'
import { roomOf } from '../sdk/state.ts'
import type { Note } from './timeline.ts'

/** More than anybody scrolls back to. */
const most = 500

export type Notes = {
  in(room: string | undefined): Note[]
  /** Puts lines after what is there now. */
  add(room: string | undefined, lines: string[], trouble?: boolean): void
}

/** What stands between the messages: answers to commands, and who came and went while one was here. */
export function createNotes(client: Client): Notes {
  let notes: Note[] = []
  let count = 0

  const put = (room: string, after: number, lines: string[], trouble = false) => {
    notes = [...notes.slice(1 - most), { key: `note ${++count}`, room, after, lines, trouble }]
  }
  client.on('member.joined', ({ room, seq, username }) => put(room, seq, [`${username} joined`]))
  client.on('member.left', ({ room, seq, username }) => put(room, seq, [`${username} left`]))
  client.on('room.updated', ({ room, seq, actor }) => put(room, seq, [`${actor} changed the room`]))

  return {
    in: (room = '') => notes.filter((note) => note.room === room),
    add: (room = '', lines, trouble) => put(room, roomOf(client.state, room)?.head ?? 0, lines, trouble),
  }
}
