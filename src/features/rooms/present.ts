import { avatarAddress } from '../../protocol/files.ts'
import type { Room } from '../../protocol/rooms.ts'
import { shownName, shownProse } from '../../text/names.ts'
import type { RoomListRow } from './store.ts'

type SharedColumns =
  | 'id'
  | 'title'
  | 'description'
  | 'avatar'
  | 'access'
  | 'posting'
  | 'epoch'
  | 'head'
  | 'createdAt'
  | 'slowSeconds'
  | 'retentionDays'
  | 'mentionRoom'
  | 'archivedAt'
  | 'people'
  | 'lastAt'

/** What differs from person to person. */
export type OwnRow = Omit<
  RoomListRow,
  SharedColumns | 'key' | 'directKey' | 'expiredSeq' | 'createdBy' | 'deletedAt'
>

export const presentRoom = (row: RoomListRow): Room => ({ ...presentShared(row), ...presentOwn(row) })

/** As everybody sees it. SQL text reads these rows, so that names from before there were rules come as they are stored. */
export function presentShared(row: Pick<RoomListRow, SharedColumns>): Room {
  const isDirect = row.access === 'direct'
  return {
    id: row.id,
    title: shownName(row.title) || (isDirect ? '' : row.id),
    description: shownProse(row.description),
    ...(row.avatar === null || isDirect ? {} : { avatar: avatarAddress(row.avatar) }),
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
    last_at: new Date(Math.floor(row.lastAt / 1000)).toISOString(),
  }
}

export const presentOwn = (row: OwnRow): Partial<Room> => ({
  ...(row.directTitle === null ? {} : { title: shownName(row.directTitle) }),
  ...(row.directAvatar === null ? {} : { avatar: avatarAddress(row.directAvatar) }),
  ...(row.directStatus ? { custom_status: row.directStatus } : {}),
  ...(row.silencedUntil ? { silenced_until: row.silencedUntil.toISOString() } : {}),
  ...(row.mutedUntil ? { muted_until: row.mutedUntil.toISOString() } : {}),
  ...(row.favourite ? { favourite: true } : {}),
  ...(row.section ? { section: row.section } : {}),
  ...(row.role === null
    ? {}
    : {
        role: row.role,
        notify: row.notify ?? 'all',
        read_seq: row.readSeq ?? 0,
        unread: row.unread ?? 0,
        mentions: row.mentions ?? 0,
      }),
})
