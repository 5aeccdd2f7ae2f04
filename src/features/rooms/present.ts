import { avatarAddress } from '../../protocol/files.ts'
import type { Room } from '../../protocol/rooms.ts'
import { shownName, shownProse } from '../../text/names.ts'
import type { RoomListRow } from './store.ts'

/** SQL text reads these rows, so that names of before there were rules come as they are stored. */
const titleOf = ({ id, access, title, directTitle }: RoomListRow): string =>
  shownName(directTitle ?? title) || (access === 'direct' ? '' : id)

const avatarOf = ({ access, avatar, directAvatar }: RoomListRow): string | null =>
  access === 'direct' ? directAvatar : avatar

export function presentRoom(row: RoomListRow): Room {
  const avatar = avatarOf(row)
  return {
    id: row.id,
    title: titleOf(row),
    description: shownProse(row.description),
    ...(avatar === null ? {} : { avatar: avatarAddress(avatar) }),
    access: row.access,
    posting: row.posting,
    epoch: row.epoch,
    head: row.head,
    created_at: row.createdAt.toISOString(),
    ...(row.slowSeconds > 0 ? { slow_seconds: row.slowSeconds } : {}),
    ...(row.retentionDays > 0 ? { retention_days: row.retentionDays } : {}),
    ...(row.mentionRoom === 'moderators' ? { mention_room: row.mentionRoom } : {}),
    ...(row.archivedAt ? { archived: true } : {}),
    ...(row.people ? { people: row.people } : {}),
    ...(row.directStatus ? { custom_status: row.directStatus } : {}),
    ...(row.silencedUntil ? { silenced_until: row.silencedUntil.toISOString() } : {}),
    ...(row.mutedUntil ? { muted_until: row.mutedUntil.toISOString() } : {}),
    ...(row.favourite ? { favourite: true } : {}),
    ...(row.section ? { section: row.section } : {}),
    last_at: new Date(Math.floor(row.lastAt / 1000)).toISOString(),
    ...(row.role === null
      ? {}
      : {
          role: row.role,
          notify: row.notify ?? 'all',
          read_seq: row.readSeq ?? 0,
          unread: row.unread ?? 0,
          mentions: row.mentions ?? 0,
        }),
  }
}
