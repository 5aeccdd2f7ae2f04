import { readConfig } from '../../../src/config.ts'
import { makeKey } from '../../../src/crypto/keyring.ts'
import { randomToken } from '../../../src/crypto/keys.ts'
import { people } from '../../../src/features/auth/people.ts'
import { operatorsPass } from '../../../src/features/auth/redeem.ts'
import { createUser } from '../../../src/features/auth/signup.ts'
import type { Appended } from '../../../src/features/log/repeats.ts'
import { writer } from '../../../src/features/log/writer.ts'
import { passOfServer } from '../../../src/features/rooms/access.ts'
import { createRoomFor } from '../../../src/features/rooms/create.ts'
import type { KnownRoom } from '../../../src/features/rooms/known.ts'
import { createLog } from '../../../src/log.ts'
import type { Person, Scope, Tools } from '../../../src/scope.ts'
import { closeTools, openTools } from '../../../src/tools.ts'
import { migratedDatabase } from '../../support/migrated-postgres.ts'

/** A server without doors. `published`: what its own bus carried of each room, in that order. */
export type Node = { tools: Tools; published(room: KnownRoom): Published[] }
export type Published = { seq: number; type: string; clientId?: string }

export type Community = {
  nodes: [Node, Node]
  rooms: [KnownRoom, KnownRoom, KnownRoom]
  people: Person[]
  stop(): Promise<void>
}

/** Two servers that know nothing of each other but their database, and three rooms that both write to. */
export async function twoNodes(usernames: string[]): Promise<Community | undefined> {
  const database = await migratedDatabase()
  if (!database) return undefined
  const config = readConfig({
    DATABASE_URL: database.url,
    DATA_DIR: 'unused',
    SECRET_KEY: randomToken(32),
    ENCRYPTION_KEY: makeKey(),
    RATE_LIMITS: 'off',
  })
  const open = () => openTools(config, createLog({ level: 'silent' }))
  const first = await open()
  const nodes: [Node, Node] = [listenTo(first), listenTo(await open())]
  const members: Person[] = []
  for (const username of usernames)
    members.push(await createUser(first, { username, password: randomToken() }))
  const made = () =>
    createRoomFor(first, operatorsPass, members[0], { id: `room-${crypto.randomUUID().slice(0, 8)}` })
  return {
    nodes,
    rooms: [await made(), await made(), await made()],
    people: members,
    async stop() {
      for (const { tools } of nodes) {
        await writer(tools).drained()
        await closeTools(tools)
      }
      await database.drop()
    },
  }
}

export function listenTo(tools: Tools): Node {
  const rooms = new Map<number, Published[]>()
  tools.bus.subscribe((note) => {
    if (note.to !== 'log' || note.text === undefined) return
    const { type, message } = JSON.parse(note.text)
    const all = rooms.get(note.room) ?? []
    all.push({ seq: note.seq, type, ...(type === 'message.created' ? { clientId: message.client_id } : {}) })
    rooms.set(note.room, all)
  })
  return { tools, published: ({ key }) => rooms.get(key) ?? [] }
}

/** A person as they stand on this node: each server holds its own. */
export async function scopeOn({ tools }: Node, { id }: Person): Promise<Scope> {
  return { ...tools, actor: (await people(tools).find(id))!, session: 'of a test', recheck: () => undefined }
}

export function say(
  node: Node,
  room: KnownRoom,
  actor: Person,
  clientId: string,
  text = clientId,
): Promise<Appended> {
  return writer(node.tools).append(passOfServer(room), { kind: 'message.created', actor, text, clientId })
}

export type Stored = { seq: number; kind: number; clientId: string | null; actorId: string }

/** The log of a room as it is in the database. */
export const storedIn = ({ tools }: Node, room: KnownRoom): Promise<Stored[]> =>
  tools.sql.query<Stored>(
    `select seq, kind, client_id as "clientId", actor_id as "actorId" from log where room_key = $1 order by seq`,
    [room.key],
  )

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
