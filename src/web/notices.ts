import { signal } from '@preact/signals'
import type { Client } from '../sdk/client.ts'
import type { Notice } from './timeline.ts'

const most = 200

/** Comings and goings of each room since the page was opened; the state tells only who is a member now. */
export function collectNotices() {
  const notices = signal<ReadonlyMap<string, readonly Notice[]>>(new Map())

  const put = (room: string, list: readonly Notice[]) => {
    notices.value = new Map(notices.value).set(room, list)
  }
  const add = (room: string, notice: Notice) =>
    put(room, [...(notices.value.get(room) ?? []), notice].slice(-most))

  const collect = (client: Client) => {
    notices.value = new Map()
    client.on('member.joined', ({ room, seq, at, username }) =>
      add(room, { seq, at, username, kind: 'joined' }),
    )
    client.on('member.left', ({ room, seq, at, username }) => add(room, { seq, at, username, kind: 'left' }))
    client.on('room.reset', ({ room }) => put(room, []))
  }
  return { notices, collect }
}
