import { type Static, Type } from '@sinclair/typebox'
import { DisplayName, Time } from './fields.ts'

/** `name` is shown as the author of its messages. */
export const NewWebhook = Type.Object(
  { name: DisplayName },
  { $id: 'NewWebhook', additionalProperties: false, examples: [{ name: 'Builds' }] },
)

const listed = {
  id: '01a1b2c3',
  room: 'general',
  name: 'Builds',
  username: 'hook-01a1b2c3',
  created_by: 'ben',
  created_at: '2026-11-20T19:42:04.946Z',
}

/** A URL through which programs send messages to one room, in the format of Slack's incoming webhooks. */
export const Webhook = Type.Object(
  {
    id: Type.String(),
    room: Type.String(),
    name: Type.String(),
    username: Type.String({ description: 'The bot account that is the author of its messages.' }),
    created_by: Type.String({ description: 'A username.' }),
    created_at: Time,
    creator_lost_right: Type.Optional(
      Type.Boolean({
        description:
          'Its creator may no longer create webhooks in this room. It is refused until they get that right back.',
      }),
    ),
    url: Type.Optional(
      Type.String({
        description:
          'Only in the response that creates the webhook. Keep it secret: anyone who has it can post.',
      }),
    ),
  },
  {
    $id: 'Webhook',
    examples: [{ ...listed, url: 'https://chat.example.org/hooks/8Yy…' }, listed],
  },
)
export type Webhook = Static<typeof Webhook>

export const WebhookPage = Type.Object({ items: Type.Array(Webhook) }, { $id: 'WebhookPage' })

/** The body of Slack's incoming webhooks. Bodies of other programs are accepted too: `docs/bots.md` lists them. */
export const SlackMessage = Type.Object(
  {
    text: Type.Optional(
      Type.String({
        description:
          'Slack’s mrkdwn. With `blocks` it is only a fallback and not shown. A long message is cut to 8,000 characters.',
      }),
    ),
    blocks: Type.Optional(Type.Array(Type.Unknown(), { description: 'Slack’s blocks.' })),
    files: Type.Optional(
      Type.Array(Type.String(), {
        description: 'The ids of 1–10 files that the webhook has uploaded. Then it needs no text.',
      }),
    ),
    attachments: Type.Optional(
      Type.Array(Type.Unknown(), { description: 'Slack’s attachments, shown below the message.' }),
    ),
  },
  {
    $id: 'SlackMessage',
    description:
      'As JSON, or as JSON in the form field `payload`. The JSON of Mattermost, Rocket.Chat, Discord, GitHub, Grafana, ' +
      'Alertmanager and Uptime Kuma is accepted too, and any other object that contains text.',
    examples: [{ text: 'Build <https://ci.example.org/42|#42> passed' }],
  },
)
