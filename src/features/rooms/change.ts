import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { Room, RoomChange } from '../../protocol/rooms.ts'
import { announce, type Person, type Scope, type Tools } from '../../scope.ts'
import { recordAct } from '../audit/record.ts'
import { movedRooms } from '../log/moved.ts'
import { type Transaction, writer } from '../log/writer.ts'
import { type Access, operatorsRoom, passOfServer } from './access.ts'
import type { KnownRoom } from './known.ts'
import { showRoom } from './list.ts'
import { withRoomLock } from './lock.ts'
import { closedNote } from './notes.ts'
import { purgeRoom } from './purge.ts'
import { findRoomRow, listMemberIds, type RoomRow, updateRoom } from './store.ts'

export async function changeRoom(scope: Scope, id: string, change: RoomChange): Promise<Room> {
  await withRoomLock(scope, id, 'own', async (tx, { room, member }) => {
    if (room.access === 'direct') throw new ChatError('direct_without_settings')
    requireShortEnough(scope, change)
    const fresh = changedIn((await findRoomRow(tx.sql, id))!, change)
    if (Object.keys(fresh).length === 0) return
    if (fresh.access && room.access === 'admins') throw invalidField('/access', 'admins_room_stays')
    await updateRoom(tx.sql, room.key, columnsOf(fresh, tx.at))
    tx.add({ kind: 'room.updated', actor: scope.actor, detail: { changed: fresh } })
    await recordRoomChange(scope, tx, { room, member }, Object.keys(fresh), fresh)
    tx.onCommit(() => {
      const {
        slow_seconds: slowSeconds,
        retention_days: retentionDays,
        mention_room: mentionRoom,
        ...same
      } = fresh
      Object.assign(room, same, {
        ...(slowSeconds === undefined ? {} : { slowSeconds }),
        ...(retentionDays === undefined ? {} : { retentionDays }),
        ...(mentionRoom === undefined ? {} : { mentionRoom }),
      })
      announce(scope, { what: 'room', room: room.key })
    })
  })
  return showRoom(scope, id)
}

/** What differs from the stored room. The cache may be behind another node, and nothing would notice it where nothing is stored. */
function changedIn(row: RoomRow, change: RoomChange): RoomChange {
  const now: Required<RoomChange> = {
    title: row.title,
    description: row.description,
    // No room becomes a room of another kind: what differs is refused before it is stored.
    access: row.access as 'open' | 'closed',
    posting: row.posting,
    slow_seconds: row.slowSeconds,
    mention_room: row.mentionRoom,
    archived: row.archivedAt !== null,
    retention_days: row.retentionDays,
  }
  return Object.fromEntries(
    Object.entries(change).filter(([field, value]) => now[field as keyof RoomChange] !== value),
  )
}

/** Deletes the room for everyone, at once. A new room may have the same id; it has a log of its own. */
export async function deleteRoom(scope: Scope, id: string): Promise<void> {
  const { room, members } = await withRoomLock(scope, id, 'own', async (tx, { room }) => {
    if (room.access === 'direct') throw new ChatError('direct_permanent')
    return { room, members: await closeForAll(scope, tx, room, scope.actor) }
  })
  sendRoomClosed(scope, room, members)
  void purgeRoom(scope, room.key)
}

/** Deletes a room for the operator, and resolves when all its rows are removed. */
export async function deleteRoomAsOperator(tools: Tools, id: string): Promise<void> {
  const room = await operatorsRoom(tools, id)
  const members = await writer(tools).transact(passOfServer(room), (tx) => closeForAll(tools, tx, room))
  sendRoomClosed(tools, room, members)
  await purgeRoom(tools, room.key)
}

/** Gives those who were in it. */
async function closeForAll(
  tools: Tools,
  tx: Transaction,
  room: KnownRoom,
  actor?: Person,
): Promise<string[]> {
  await updateRoom(tx.sql, room.key, { deletedAt: tx.at })
  const act = { action: 'room.deleted' as const, room: room.id, ...(actor && { actor: actor.id }) }
  await recordAct(tools, act, tx.sql)
  tx.onCommit(() => {
    room.deleted = true
    movedRooms(tools).deleted.add(room.key)
    announce(tools, { what: 'room', room: room.key })
  })
  return listMemberIds(tx.sql, room.key)
}

function sendRoomClosed(tools: Tools, room: KnownRoom, members: string[]): void {
  for (const user of members) tools.bus.publish(closedNote(room, user, 'deleted'))
}

function columnsOf(
  { slow_seconds, retention_days, mention_room, archived, ...same }: RoomChange,
  at: Date,
): Partial<RoomRow> {
  return {
    ...same,
    ...(slow_seconds === undefined ? {} : { slowSeconds: slow_seconds }),
    ...(retention_days === undefined ? {} : { retentionDays: retention_days }),
    ...(mention_room === undefined ? {} : { mentionRoom: mention_room }),
    ...(archived === undefined ? {} : { archivedAt: archived ? at : null }),
  }
}

/** An owner can delete messages sooner than the operator does, not keep them longer. */
function requireShortEnough({ policy }: Scope, { retention_days: days = 0 }: RoomChange): void {
  const { retentionDays: most } = policy
  if (most !== undefined && days > most) throw invalidField('/retention_days', 'retention_too_long', { most })
}

/**
 * Records a change by an administrator who does not own the room. A change by an owner is only in its log, except how long
 * messages stay and who can join: these delete what others have written, or show it to more people.
 */
export async function recordRoomChange(
  scope: Scope,
  tx: Transaction,
  { room, member }: Access,
  fields: string[],
  { retention_days: days, access }: Pick<RoomChange, 'retention_days' | 'access'> = {},
): Promise<void> {
  if (member?.role === 'owner' && days === undefined && access === undefined) return
  const detail = { fields, ...(days === undefined ? {} : { days }), ...(access && { access }) }
  await recordAct(scope, { actor: scope.actor.id, action: 'room.changed', room: room.id, detail }, tx.sql)
}
