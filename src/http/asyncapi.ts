import { closeCodes, comesBack } from '../protocol/close.ts'
import { errorCodes } from '../protocol/codes.ts'
import { RoomAddress } from '../protocol/fields.ts'
import { Limits, recentMessages } from '../protocol/limits.ts'
import { describeReasons, refusals as reasons } from '../protocol/refusals.ts'
import { describeMessages } from './asyncapi/messages.ts'
import { doors, messagesOf, operationsOf } from './asyncapi/operations.ts'
import { closeAdvice, errorSentences } from './asyncapi/sentences.ts'
import { createSchemas, type JsonSchema } from './schemas.ts'

export type SocketRules = {
  version: string
  publicUrl: string | undefined
  limits: Limits
  pingIntervalMs: number
  pongTimeoutMs: number
}

export type SocketDocument = ReturnType<typeof describeSockets>

const retryRule =
  'After a code below 4500, or a break without one (1006): come back after a random wait that grows (from half a ' +
  'second, up to 20 s), or after the `retry_after_ms=…` in the reason, and resume with `room.subscribe` and `since`. ' +
  'After a code from 4500 on: do not, until a person has done something.'

/** The AsyncAPI document of both sockets, made from the schemas that check the frames. It describes the server. */
export function describeSockets({ version, publicUrl, limits, pingIntervalMs, pongTimeoutMs }: SocketRules) {
  const schemas = createSchemas({ hasConst: true })
  const messages = describeMessages(schemas)
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Parley',
      version,
      description: `The sockets of a self-hosted chat, seen from the server: it receives commands and sends the rest. REST is at /swagger.\n\n${retryRule}`,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      tags: [{ name: 'chat', description: 'No message lost, doubled or reordered.' }],
    },
    defaultContentType: 'application/json',
    servers: { parley: server(publicUrl) },
    channels: {
      ws: {
        address: '/ws',
        description: `Many rooms on one socket. ${refusedByHttp}`,
        messages: messagesOf(doors[0]!),
        bindings: { ws: binding },
      },
      'ws-room': {
        address: '/ws/{room}',
        description: `One room on a simple socket: joins it if it is open, subscribes, and sends the last ${recentMessages} messages first; commands may omit \`room\`. ${refusedByHttp}`,
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
          description: 'Chosen by the client, and returned with the reply.',
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
      comes_back: comesBack(code),
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
  'Anyone not allowed in gets an HTTP error before the upgrade (401, 403, 404, 429, 503, as over REST).'

function server(publicUrl: string | undefined): JsonSchema {
  const security = Object.keys(securitySchemes).map((name) => ({
    $ref: `#/components/securitySchemes/${name}`,
  }))
  if (publicUrl !== undefined) {
    const { host, protocol } = new URL(publicUrl)
    return { host, protocol: protocol === 'https:' ? 'wss' : 'ws', security }
  }
  const variables = {
    host: { default: 'localhost:8000', description: 'The host that serves this document.' },
  }
  return { host: '{host}', protocol: 'ws', variables, security }
}

/** One of them is enough. */
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
    description: 'The cookie of the web page; only with an allowed Origin.',
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
    description:
      'An access token or API token, for clients that can do nothing else: URLs end up in the logs of proxies.',
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
