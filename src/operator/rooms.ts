import { deleteRoomAsOperator } from '../features/rooms/change.ts'
import { createRoomAsOperator } from '../features/rooms/create-as-operator.ts'
import { surveyRooms } from '../features/rooms/store.ts'
import { findPerson } from '../features/users/find.ts'
import { NewRoom } from '../protocol/rooms.ts'
import type { Tools } from '../scope.ts'
import { checkParams } from './check.ts'
import { columns } from './columns.ts'
import type { Outcome } from './operation.ts'
import { plural } from './plural.ts'

type Params = { newRoom: NewRoom; owner?: string | undefined }

export async function createRoom(tools: Tools, { newRoom, owner }: Params): Promise<Outcome> {
  const checked = checkParams(NewRoom, newRoom)
  const person = owner === undefined ? undefined : await findPerson(tools, owner)
  const { id, title, access, posting } = await createRoomAsOperator(tools, person, checked)
  const lines = [`created room ${id}${person ? ` of ${person.username}` : ''}`]
  return { lines, data: { id, title, access, posting, ...(person && { owner: person.username }) } }
}

export async function listRooms(tools: Tools, _params: object): Promise<Outcome> {
  const rows = await surveyRooms(tools.sql)
  return {
    lines: rows.map(({ id, access, members, head, title, archivedAt }) =>
      columns([
        id,
        access,
        plural(members, 'member'),
        plural(head, 'event'),
        title,
        ...(archivedAt ? ['archived'] : []),
      ]),
    ),
    data: rows.map(({ archivedAt, createdAt, ...row }) => ({
      ...row,
      archived: archivedAt !== null,
      created_at: createdAt.toISOString(),
    })),
  }
}

export async function deleteRoom(tools: Tools, { id }: { id: string }): Promise<Outcome> {
  await deleteRoomAsOperator(tools, id)
  return { lines: [`deleted room ${id}`], data: { id } }
}
