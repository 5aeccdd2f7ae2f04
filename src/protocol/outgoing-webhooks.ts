import { type Static, Type } from '@sinclair/typebox'
import { durableEvents } from './events.ts'
import { Time } from './fields.ts'

type Kind = keyof typeof durableEvents

const EventKinds = Type.Array(
  Type.Union((Object.keys(durableEvents) as Kind[]).map((kind) => Type.Literal(kind))),
  {
    minItems: 1,
    maxItems: Object.keys(durableEvents).length,
    uniqueItems: true,
    examples: [['message.created']],
    description: 'The types of events that are sent. Absent: all that the log of the room has.',
  },
)

const Address = Type.String({
  minLength: 1,
  maxLength: 2048,
  examples: ['https://hooks.example.org/parley'],
  description:
    'https, to a public address. The operator can allow private networks, and http in them (`OUTGOING_ALLOW`).',
})

export const NewOutgoingWebhook = Type.Object(
  { url: Address, events: Type.Optional(EventKinds) },
  {
    $id: 'NewOutgoingWebhook',
    additionalProperties: false,
    examples: [{ url: 'https://hooks.example.org/parley', events: ['message.created'] }],
  },
)

/** With `paused: false` it is tried again at once, from where it stopped. */
export const OutgoingWebhookChange = Type.Object(
  {
    paused: Type.Optional(Type.Boolean()),
    url: Type.Optional(Address),
    events: Type.Optional(Type.Union([EventKinds, Type.Null({ description: 'All.' })])),
  },
  {
    $id: 'OutgoingWebhookChange',
    additionalProperties: false,
    minProperties: 1,
    examples: [{ paused: false }],
  },
)

/** Why an event could not be delivered. */
export const failureReasons = ['status', 'timeout', 'no_address', 'not_reached', 'tls'] as const

const reasons = {
  person: 'somebody has paused it',
  failing: 'nothing could be delivered for three days',
  gone: 'the address responded with 410',
  secret_lost: 'its secret does not open with the keys of this server',
} as const

export type PauseReason = keyof typeof reasons

const listed = {
  id: '01a1b2c3',
  room: 'general',
  url: 'https://hooks.example.org/parley',
  events: ['message.created' as const],
  created_by: 'ben',
  created_at: '2026-11-20T19:42:04.946Z',
  state: 'working' as const,
  seq: 41,
  behind: 0,
}

/** An address to which the events of a room are sent, signed as Standard Webhooks says. */
export const OutgoingWebhook = Type.Object(
  {
    id: Type.String(),
    room: Type.String(),
    url: Type.String(),
    events: Type.Optional(EventKinds),
    created_by: Type.String({
      description: 'A username: of the person who created it, or who gave it another address after that.',
    }),
    created_at: Time,
    state: Type.Union([Type.Literal('working'), Type.Literal('failing'), Type.Literal('paused')], {
      description: 'failing: the last try did not succeed, and there will be another one.',
    }),
    seq: Type.Integer({ description: 'Up to this event of the room everything is delivered.' }),
    behind: Type.Integer({ description: 'How many events of the room come after that.' }),
    failing_since: Type.Optional(Time),
    next_try_at: Type.Optional(Time),
    failure: Type.Optional(
      Type.Object(
        {
          reason: Type.Union(failureReasons.map((reason) => Type.Literal(reason))),
          status: Type.Optional(Type.Integer({ description: 'The response, if it was not 2xx.' })),
        },
        { description: 'Of the last try. `no_address`: the name leads to no address that may be sent to.' },
      ),
    ),
    paused_for: Type.Optional(
      Type.Union(
        (Object.keys(reasons) as PauseReason[]).map((reason) => Type.Literal(reason)),
        {
          description: Object.entries(reasons)
            .map(([reason, text]) => `${reason}: ${text}`)
            .join(' · '),
        },
      ),
    ),
    creator_lost_right: Type.Optional(
      Type.Boolean({
        description:
          'The person in `created_by` may no longer have the events of this room. Nothing is sent until they get that right back.',
      }),
    ),
    secret: Type.Optional(
      Type.String({
        description:
          'Only in the response that creates it. The key of the signatures: `whsec_` and 32 bytes in base64.',
      }),
    ),
  },
  {
    $id: 'OutgoingWebhook',
    examples: [{ ...listed, secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' }, listed],
  },
)
export type OutgoingWebhook = Static<typeof OutgoingWebhook>

export const OutgoingWebhookPage = Type.Object(
  { items: Type.Array(OutgoingWebhook) },
  { $id: 'OutgoingWebhookPage' },
)
