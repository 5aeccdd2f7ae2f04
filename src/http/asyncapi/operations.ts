import type { JsonSchema } from '../schemas.ts'
import { commandNames, eventNames, keyInRoom, replyTo } from './messages.ts'
import { commandSentences } from './sentences.ts'

type Door = { channel: string; greeting: string; keyOf(name: (typeof commandNames)[number]): string }

export const doors: Door[] = [
  { channel: 'ws', greeting: 'hello', keyOf: (name) => name },
  { channel: 'ws-room', greeting: 'room.ready', keyOf: keyInRoom },
]

/** What goes over a socket, as the document wants it: by reference. */
export function messagesOf({ channel, greeting, keyOf }: Door): Record<string, JsonSchema> {
  const keys = [
    ...commandNames.flatMap((name) => [keyOf(name), replyTo(name)]),
    ...(channel === 'ws-room' ? ['text'] : []),
    ...[...Object.values(eventNames).flat(), greeting, 'error', 'server.ping'],
  ]
  return Object.fromEntries(keys.map((key) => [key, { $ref: `#/components/messages/${key}` }]))
}

/** The server receives commands and sends everything else. */
export function operationsOf({ channel, greeting, keyOf }: Door): Record<string, JsonSchema> {
  const place = { $ref: `#/channels/${channel}` }
  const refer = (keys: string[]) => keys.map((key) => ({ $ref: `#/channels/${channel}/messages/${key}` }))
  const receive = (key: string, summary: string, answer: string) => ({
    action: 'receive',
    channel: place,
    summary,
    messages: refer([key]),
    reply: { channel: place, messages: refer([answer, 'error']) },
  })
  const send = (summary: string, keys: string[]) => ({
    action: 'send',
    channel: place,
    summary,
    messages: refer(keys),
  })
  const operations: Record<string, JsonSchema> = {}
  for (const name of commandNames) {
    operations[`${channel}.${name}`] = receive(keyOf(name), commandSentences[name], replyTo(name))
  }
  if (channel === 'ws-room') {
    operations[`${channel}.text`] = receive(
      'text',
      'Say something without writing JSON.',
      replyTo('message.send'),
    )
  }
  operations[`${channel}.greeting`] = send('The first frame.', [greeting])
  operations[`${channel}.heartbeat`] = send('From time to time.', ['server.ping'])
  operations[`${channel}.durable-events`] = send(
    'The log of a room: all numbered, none missing.',
    eventNames.durable,
  )
  operations[`${channel}.ephemeral-events`] = send(
    'Not numbered, not kept, first to be shed.',
    eventNames.ephemeral,
  )
  operations[`${channel}.user-events`] = send('To every socket of one user.', eventNames.user)
  return operations
}
