import { type Static, Type } from '@sinclair/typebox'

export const PushKey = Type.Object(
  {
    key: Type.String({
      description:
        'The `applicationServerKey` of the browser: an uncompressed point on P-256, base64url (RFC 8292).',
    }),
  },
  {
    $id: 'PushKey',
    examples: [
      { key: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4' },
    ],
  },
)

/** What `PushSubscription.toJSON()` gives in a browser. A distributor of UnifiedPush gives the same. */
export const NewPushSubscription = Type.Object(
  {
    endpoint: Type.String({
      minLength: 1,
      maxLength: 2048,
      examples: ['https://push.example.net/send/abc'],
      description: 'https, to a public address.',
    }),
    expirationTime: Type.Optional(
      Type.Union([Type.Null(), Type.Number({ minimum: 0, description: 'Unix time in milliseconds.' })]),
    ),
    keys: Type.Object(
      {
        p256dh: Type.String({
          maxLength: 128,
          examples: [
            'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
          ],
          description: 'An uncompressed point on P-256, base64url.',
        }),
        auth: Type.String({
          maxLength: 64,
          examples: ['BTBZMqHH6r4Tts7J_aSIgg'],
          description: '16 bytes, base64url.',
        }),
      },
      { additionalProperties: false },
    ),
    level: Type.Optional(
      Type.Union([Type.Literal('all'), Type.Literal('mentions')], {
        description:
          'Of rooms whose notifications are set to all: every message, or only those that mean you. all by default. Direct messages always come.',
      }),
    ),
  },
  { $id: 'NewPushSubscription', additionalProperties: false },
)
export type NewPushSubscription = Static<typeof NewPushSubscription>

export const PushSubscribed = Type.Object(
  { id: Type.String() },
  { $id: 'PushSubscribed', examples: [{ id: '01a1b2c3d4e5f6g7' }] },
)

/**
 * What a push has in it, as JSON, after it is decrypted (RFC 8291). `PUSH_CONTENT=names` leaves out `text`, `none` everything but
 * `type`, `room` and `seq`.
 */
export type PushMessage =
  | {
      type: 'message'
      room: string
      seq: number
      /** Why the person is called. */
      kind?: 'direct' | 'mention' | 'all'
      /** The title of the room; absent in a direct room. */
      title?: string
      author?: string
      /** Its beginning, on one line and without Markdown. */
      text?: string
    }
  /** Read on another device up to `seq`: the notification of this room may go, unless it is of a later message. */
  | { type: 'read'; room: string; seq: number }
