import { closeCodes, shouldReconnect } from '../protocol/close.ts'
import { errorCodes } from '../protocol/codes.ts'
import { RoomAddress } from '../protocol/fields.ts'
import { Limits, recentMessages } from '../protocol/limits.ts'
import { describeReasons, refusals as reasons } from '../protocol/refusals.ts'
import { describeMessages } from './asyncapi/messages.ts'
import { doors, messagesOf, operationsOf } from './asyncapi/operations.ts'
import { closeAdvice, errorSentences } from './asyncapi/sentences.ts'
import { createSchemas, type JsonSchema } from './schemas.ts'

export type SocketFacts = {
  version: string
  publicUrl: string | undefined
  limits: Limits
  pingIntervalMs: number
  pongTimeoutMs: number
}

export type SocketDocument = ReturnType<typeof describeSockets>

const retryRule =
  'After a code below 4500, or if the connection breaks without one (1006): wait, reconnect, and resume with ' +
  '`room.subscribe` and `since`. Wait for a random time that grows with each attempt (half a second at first, at most ' +
  '20 s), or for the `retry_after_ms=…` in the close reason. After a code of 4500 or more: do not reconnect until a ' +
  'person has done something.'

/** The AsyncAPI document of both sockets, generated from the schemas that check the frames. It describes the server. */
export function describeSockets({ version, publicUrl, limits, pingIntervalMs, pongTimeoutMs }: SocketFacts) {
  const schemas = createSchemas({ isJsonSchema: true })
  const messages = describeMessages(schemas)
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Parley',
      version,
      description: `The sockets of a self-hosted chat, from the server’s point of view: it receives commands and sends everything else. The HTTP API is at /swagger.\n\n${retryRule}`,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      tags: [{ name: 'chat', description: 'No message lost, doubled or reordered.' }],
    },
    defaultContentType: 'application/json',
    servers: { parley: server(publicUrl) },
    channels: {
      ws: {
        address: '/ws',
        description: `One socket for all rooms. ${refusedByHttp}`,
        messages: messagesOf(doors[0]!),
        bindings: { ws: binding },
      },
      'ws-room': {
        address: '/ws/{room}',
        description: `A simple socket for one room. It joins the room if it is open, subscribes to it, and sends the latest ${recentMessages} messages. \`room\` is optional in commands. ${refusedByHttp}`,
        parameters: { room: { description: RoomAddress.description } },
        messages: messagesOf(doors[1]!),
        bindings: { ws: binding },
      },
    },
    operations: { ...operationsOf(doors[0]!), ...operationsOf(doors[1]!) },
    components: {
      messages,
      correlationIds: {
        ref: {
          description: 'The client chooses it, and the reply or error has the same one.',
          location: '$message.payload#/ref',
        },
      },
      securitySchemes,
      schemas: schemas.named,
    },
    'x-error-codes': Object.entries(errorCodes).map(([code, { status, title }]) => ({
      ...{ code, status, title },
      meaning: errorSentences[code as keyof typeof errorSentences],
    })),
    'x-reasons': describeReasons(reasons),
    'x-close-codes': Object.entries(closeCodes).map(([name, { code, meaning }]) => ({
      ...{ code, name, meaning },
      advice: closeAdvice[name as keyof typeof closeAdvice],
      comes_back: shouldReconnect(code),
    })),
    'x-retry-rule': retryRule,
    'x-limits': Object.entries(limits).map(([name, value]) => ({
      ...{ name, value },
      meaning: Limits.properties[name as keyof Limits].description ?? '',
    })),
    'x-heartbeat': { ping_interval_ms: pingIntervalMs, pong_timeout_ms: pongTimeoutMs },
  }
}

const refusedByHttp =
  'A client without access gets an HTTP error instead of the upgrade (401, 403, 404, 429, 503, as in the HTTP API).'

function server(publicUrl: string | undefined): JsonSchema {
  const security = Object.keys(securitySchemes).map((name) => ({
    $ref: `#/components/securitySchemes/${name}`,
  }))
  if (publicUrl !== undefined) {
    const { host, protocol } = new URL(publicUrl)
    return { host, protocol: protocol === 'https:' ? 'wss' : 'ws', security }
  }
  const variables = {
    host: { default: 'localhost:8000', description: 'The server that sent this document.' },
  }
  return { host: '{host}', protocol: 'ws', variables, security }
}

/** A client needs only one of these. */
const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token, or an API token.',
  },
  cookie: {
    type: 'httpApiKey',
    in: 'cookie',
    name: 'parley_access',
    description:
      'The cookie of the web page; under https its name begins with `__Host-`. It needs an allowed Origin.',
  },
  ticket: {
    type: 'httpApiKey',
    in: 'query',
    name: 'ticket',
    description: 'A ticket from POST /auth/ticket: opens one socket, within 30 s.',
  },
  token: {
    type: 'httpApiKey',
    in: 'query',
    name: 'token',
    description: 'An access token or API token. Prefer the other ways: proxies write URLs to their logs.',
  },
}

const binding = {
  method: 'GET',
  query: {
    type: 'object',
    properties: {
      ticket: { type: 'string', maxLength: 128 },
      token: { type: 'string', maxLength: 4096 },
    },
    additionalProperties: false,
  },
  bindingVersion: '0.1.0',
}
