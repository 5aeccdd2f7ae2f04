import type { RoomInvitation } from '../protocol/invitations.ts'
import type { Client } from '../sdk/client.ts'
import { roomOf } from '../sdk/state.ts'
import { plainLine } from '../text/plain.ts'
import type { Notice } from './timeline.ts'

/** More than a person scrolls back to. */
const mostNotices = 500

export type Notices = {
  in(room: string | undefined): Notice[]
  /** Adds lines after the newest message. */
  add(room: string | undefined, lines: string[], alarm?: boolean): void
}

/** Somebody you share no room with has added you to a room: you decide. */
export const invitationLine = ({ room, title, invited_by: by }: Omit<RoomInvitation, 'at'>): string =>
  plainLine(`${by} invites you to ${title}: /join ${room} or /decline ${room}`)

const whatIn = {
  open: 'opened the room to everyone on this server',
  closed: 'made the room private',
  rest: 'changed the room',
}

/** Lines between the messages: the output of commands, and who joined and left while the program runs. */
export function createNotices(client: Client): Notices {
  let notices: Notice[] = []
  let count = 0

  const put = (room: string, after: number, lines: string[], alarm = false) => {
    notices = [...notices.slice(1 - mostNotices), { key: `notice ${++count}`, room, after, lines, alarm }]
  }
  client.on('member.joined', ({ room, seq, username }) => put(room, seq, [`${username} joined`]))
  client.on('member.left', ({ room, seq, username }) => put(room, seq, [`${username} left`]))
  client.on('room.updated', ({ room, seq, actor, changed }) =>
    put(room, seq, [`${actor} ${whatIn[changed.access ?? 'rest']}`]),
  )

  return {
    in: (room = '') => notices.filter((notice) => notice.room === room),
    add: (room = '', lines, alarm) => put(room, roomOf(client.state, room)?.head ?? 0, lines, alarm),
  }
}
