import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { ChatError } from '../protocol/errors.ts'
import { RoomPath } from '../protocol/rooms.ts'
import { Connection, type Kind } from './connection.ts'
import { greet, greetInRoom } from './greet.ts'
import type { Hub } from './hub.ts'
import { ownCommands } from './own-commands.ts'
import type { Ports } from './ports.ts'
import { resume } from './subscribe.ts'

/** How a client authenticates a socket where it cannot set a header. */
const Transport = Type.Object({
  token: Type.Optional(Type.String({ maxLength: 4096 })),
  ticket: Type.Optional(Type.String({ maxLength: 128 })),
})

const manyRooms: Kind = { greet, commands: ownCommands, resume }

const oneRoom = (room: string): Kind => ({
  greet: (connection) => greetInRoom(connection, room),
  commands: ownCommands,
  resume,
  room,
})

type Upgrader = { upgrade(request: Request, options: { data: unknown }): boolean }

/**
 * Both socket doors. A client that is not allowed in gets an HTTP error before the upgrade, so that every open socket has
 * a user. The socket's `data` is its Connection.
 */
export function socketRoutes(hub: Hub, ports: Ports, isDraining: () => boolean, mostSockets: number) {
  async function admit(request: Request) {
    if (isDraining()) throw new ChatError('server_stopping', { retryAfterMs: 2000 })
    if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
      throw new ChatError('not_a_websocket')
    }
    if (!isHandshake(request)) throw new ChatError('bad_handshake')
    if (hub.size() >= mostSockets) throw new ChatError('server_full', { retryAfterMs: 5000 })
    return ports.identify(request)
  }

  function upgrade(server: Upgrader | null, request: Request, connection: Connection): undefined {
    if (!server?.upgrade(request, { data: connection })) {
      throw new ChatError('bad_handshake')
    }
  }

  return new Elysia({ name: 'sockets', tags: ['sockets'] })
    .get(
      '/ws',
      async ({ request, server }) =>
        upgrade(server, request, new Connection(hub, ports, await admit(request), manyRooms)),
      {
        query: Transport,
        detail: {
          summary: 'The socket that carries many rooms',
          description:
            'A WebSocket: `/asyncapi.json` describes its frames. Problems come before the upgrade. An API token needs the scope `read`.',
        },
      },
    )
    .get(
      '/ws/:room',
      async ({ request, server, params }) => {
        const identity = await admit(request)
        const room = await ports.enter(identity.scope, params.room)
        return upgrade(server, request, new Connection(hub, ports, identity, oneRoom(room.id)))
      },
      {
        query: Transport,
        params: RoomPath,
        detail: {
          summary: 'The simple socket of one room',
          description:
            'A WebSocket: `/asyncapi.json` describes its frames. It joins the room if it is open. An API token needs the scope `read`, and `write` to join.',
        },
      },
    )
}

/**
 * What Bun does not check (RFC 6455 section 4.2.1, RFC 9110 section 7.8): the first bytes of a body would be read as a frame, and
 * a proxy that was not asked to upgrade may take for a response what we send as frames. Only HTTP/1.0 has no Host.
 */
function isHandshake({ headers }: Request): boolean {
  const connection = (headers.get('connection') ?? '').toLowerCase().split(',')
  return (
    connection.some((option) => option.trim() === 'upgrade') &&
    Number(headers.get('content-length') ?? 0) === 0 &&
    !headers.has('transfer-encoding') &&
    headers.has('host')
  )
}
