import { type Static, Type } from '@sinclair/typebox'
import { DisplayName, Time } from './fields.ts'

/** The display name of its bot. */
export const WebhookDraft = Type.Object({ name: DisplayName }, { additionalProperties: false })

/** A URL through which programs send messages to a room, in Slack's format. */
export const Webhook = Type.Object(
  {
    id: Type.String(),
    room: Type.String(),
    name: Type.String(),
    username: Type.String({ description: 'The bot account that sends its messages.' }),
    created_by: Type.String(),
    created_at: Time,
    url: Type.Optional(
      Type.String({
        description: 'Only in the response that creates the webhook. Anyone who knows it can send messages.',
      }),
    ),
  },
  { $id: 'Webhook' },
)
export type Webhook = Static<typeof Webhook>

export const WebhookPage = Type.Object({ items: Type.Array(Webhook) })

/** The format of Slack's incoming webhooks. Without `text`, the text of blocks or attachments is used; other fields are ignored. */
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
