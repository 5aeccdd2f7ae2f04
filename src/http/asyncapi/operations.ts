import { commandRows } from '../../protocol/command-rows.ts'
import type { JsonSchema } from '../schemas.ts'
import { commandNames, eventNames, keyInRoom, replyTo } from './messages.ts'

type Door = { channel: string; greeting: string; keyOf(name: (typeof commandNames)[number]): string }

export const doors: Door[] = [
  { channel: 'ws', greeting: 'hello', keyOf: (name) => name },
  { channel: 'ws-room', greeting: 'room.ready', keyOf: keyInRoom },
]

/** The messages of a socket, as references into the document. */
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
  const receive = (key: string, summary: string, reply: string) => ({
    action: 'receive',
    channel: place,
    summary,
    messages: refer([key]),
    reply: { channel: place, messages: refer([reply, 'error']) },
  })
  const send = (summary: string, keys: string[]) => ({
    action: 'send',
    channel: place,
    summary,
    messages: refer(keys),
  })
  const operations: Record<string, JsonSchema> = {}
  for (const name of commandNames) {
    operations[`${channel}.${name}`] = receive(keyOf(name), commandRows[name].summary, replyTo(name))
  }
  if (channel === 'ws-room') {
    operations[`${channel}.text`] = receive(
      'text',
      'Send a message without writing JSON.',
      replyTo('message.send'),
    )
  }
  operations[`${channel}.greeting`] = send('The first frame.', [greeting])
  operations[`${channel}.heartbeat`] = send('Sent every `ping_interval_ms`.', ['server.ping'])
  operations[`${channel}.durable-events`] = send(
    'The log of a room. Every event has a `seq`, without a gap.',
    eventNames.durable,
  )
  operations[`${channel}.ephemeral-events`] = send(
    'Not stored and without a `seq`. A slow socket loses these first.',
    eventNames.ephemeral,
  )
  operations[`${channel}.user-events`] = send('Sent to all sockets of one user.', eventNames.user)
  return operations
}
