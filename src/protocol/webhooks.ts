import { type Static, Type } from '@sinclair/typebox'
import { DisplayName, Time } from './fields.ts'

/** The name under which it speaks. */
export const WebhookDraft = Type.Object({ name: DisplayName }, { additionalProperties: false })

/** An address at which programs that know Slack's `{text}` can speak in one room. */
export const Webhook = Type.Object(
  {
    id: Type.String(),
    room: Type.String(),
    name: Type.String(),
    username: Type.String({ description: 'Of the bot account in whose name it speaks.' }),
    created_by: Type.String(),
    created_at: Time,
    url: Type.Optional(
      Type.String({ description: 'Told once, when the webhook is made. Who knows it can speak.' }),
    ),
  },
  { $id: 'Webhook' },
)
export type Webhook = Static<typeof Webhook>

export const WebhookPage = Type.Object({ items: Type.Array(Webhook) })

/** What Slack's incoming webhooks take. Without a `text`, that of blocks or attachments counts; the rest is not looked at. */
export const SlackMessage = Type.Object(
  {
    text: Type.Optional(
      Type.String({ description: 'Slack’s mrkdwn; at most 8,000 characters when written out.' }),
    ),
    blocks: Type.Optional(Type.Array(Type.Unknown())),
    attachments: Type.Optional(Type.Array(Type.Unknown())),
  },
  { description: 'As JSON, or as the form field `payload`.' },
)
export type SlackMessage = Static<typeof SlackMessage>
