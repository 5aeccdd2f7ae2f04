import { hashToken, randomId } from '../../crypto/keys.ts'
import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { Room } from '../../protocol/rooms.ts'
import { isBanned, type Person, type Scope } from '../../scope.ts'
import { violation } from '../../storage/errors.ts'
import type { Sql } from '../../storage/storage.ts'
import { passWith } from '../auth/redeem.ts'
import { writer } from '../log/writer.ts'
import { sharesRoom } from '../rooms/invitation-store.ts'
import { type KnownRoom, knownRooms } from '../rooms/known.ts'
import { showRoom } from '../rooms/list.ts'
import { sendRoomOpened } from '../rooms/membership.ts'
import { insertMember, insertRoom } from '../rooms/store.ts'
import { findPerson } from '../users/find.ts'
import { isBlockedAmong } from '../users/store.ts'
import { findDirect } from './store.ts'

const mostPeople = 10

/** Opens the direct room of these people. It is created once, even if several of them ask at the same time. */
export async function openDirect(scope: Scope, usernames: string[]): Promise<Room> {
  const others = new Map<string, Person>()
  for (const username of usernames) {
    const person = await findPerson(scope, username)
    if (person !== scope.actor) others.set(person.id, person)
  }
  if (others.size === 0) throw invalidField('/usernames', 'nobody_else')
  if (others.size + 1 > mostPeople) throw invalidField('/usernames', 'too_many_people', { most: mostPeople })
  const people = [scope.actor, ...others.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const directKey = hashToken(people.map(({ id }) => id).join(' '))
  const known = await findDirect(scope.sql, directKey)
  if (known !== undefined) return showRoom(scope, known)
  await requireAccepted(scope, [...others.values()])
  const room = await createDirect(scope, people, directKey)
  if (room) for (const person of people) await sendRoomOpened(scope, room, person)
  return showRoom(scope, room?.id ?? (await findDirect(scope.sql, directKey))!)
}

/** Undefined if somebody else has just created it. */
async function createDirect(
  scope: Scope,
  people: Person[],
  directKey: string,
): Promise<KnownRoom | undefined> {
  try {
    const row = await writer(scope).createRoom(passWith(scope, 'self'), async (sql, at) => {
      // Somebody may have blocked the actor since they were asked.
      await requireAccepted(
        scope,
        people.filter((person) => person !== scope.actor),
        sql,
      )
      const id = randomId()
      const room = await insertRoom(sql, {
        id,
        epoch: randomId(),
        // Built from the other people's names for each reader: a copy here would outlive a rename or an erasure.
        title: '',
        access: 'direct',
        directKey,
        createdBy: scope.actor.id,
        createdAt: at,
      })
      const role = 'member'
      for (const { id: userId } of people) {
        await insertMember(sql, { roomKey: room.key, userId, role, joinedAt: at, readSeq: people.length })
      }
      const entries = people.map((member) => {
        const detail = { user: member.id, role } as const
        return { kind: 'member.joined', actor: scope.actor, member, detail } as const
      })
      return { room, entries }
    })
    return knownRooms(scope).keep(row)
  } catch (error) {
    if (violation(error)?.constraint === 'rooms_direct') return undefined
    throw error
  }
}

/** The refusal is the same for every cause, so that nobody can find out who has blocked them. */
async function requireAccepted(scope: Scope, others: Person[], sql: Sql = scope.sql): Promise<void> {
  const ids = others.map(({ id }) => id)
  const refused =
    others.some((person) => person.directFrom === 'nobody' || isBanned(scope, person)) ||
    (await isBlockedAmong(sql, scope.actor.id, ids)) ||
    !(await allShareRoom(scope, others, sql))
  if (refused) throw new ChatError(others.length === 1 ? 'person_refuses_direct' : 'direct_refused')
}

async function allShareRoom(scope: Scope, others: Person[], sql: Sql): Promise<boolean> {
  for (const { id, directFrom } of others) {
    if (directFrom === 'shared' && !(await sharesRoom(sql, scope.actor.id, id))) return false
  }
  return true
}
