import { expect, test } from 'bun:test'
import { ChatError } from '../../src/protocol/errors.ts'
import { Inbox } from '../../src/realtime/inbox.ts'
import type { Scope } from '../../src/scope.ts'

type Running = { name: string; finish(): void; refuse(): void }

/** An inbox whose commands end when the test says so. Those with a small first letter may share a commit. */
function openInbox() {
  const running: Running[] = []
  const started: string[] = []
  const sent: string[] = []
  const pauses: string[] = []
  const inbox = new Inbox({
    scope: {} as Scope,
    handlerOf: ({ ref }) => ({
      run() {
        const { promise, resolve, reject } = Promise.withResolvers<string>()
        const refuse = () => reject(new ChatError('room_busy'))
        running.push({ name: String(ref), finish: () => resolve(String(ref)), refuse })
        started.push(String(ref))
        return promise
      },
      pipelines: () => /^[a-z]/.test(String(ref)),
    }),
    permit: () => undefined,
    encode: ({ ref }, outcome) => ('data' in outcome ? String(outcome.data) : `no ${ref}`),
    sendReply: (text) => void sent.push(text),
    pause: () => void pauses.push('pause'),
    resume: () => void pauses.push('resume'),
    whenDrained: () => undefined,
  })
  const receive = (...names: string[]) => {
    for (const ref of names) inbox.receive({ name: 'ping', ref, params: {} })
  }
  const end = (how: 'finish' | 'refuse') => async (name: string) => {
    running.find((command) => command.name === name)![how]()
    await Bun.sleep(0)
  }
  return { inbox, receive, finish: end('finish'), refuse: end('refuse'), started, sent, pauses }
}

test('commands run one after the other, in their order', async () => {
  const { inbox, receive, finish, started, sent } = openInbox()
  inbox.begin()
  receive('A', 'B', 'C')
  expect(started).toEqual(['A'])
  await finish('A')
  expect(started).toEqual(['A', 'B'])
  await finish('B')
  await finish('C')
  expect(sent).toEqual(['A', 'B', 'C'])
  expect(inbox.isIdle()).toBe(true)
})

test('sends start together, and get their replies in order, however they end', async () => {
  const { inbox, receive, finish, started, sent } = openInbox()
  inbox.begin()
  receive('a', 'b', 'c')
  expect(started).toEqual(['a', 'b', 'c'])
  await finish('c')
  await finish('b')
  expect(sent).toEqual([])
  await finish('a')
  expect(sent).toEqual(['a', 'b', 'c'])
})

test('any other command waits for the sends before it, and the sends after it wait for it', async () => {
  const { inbox, receive, finish, started, sent } = openInbox()
  inbox.begin()
  receive('a', 'b', 'C', 'd')
  expect(started).toEqual(['a', 'b'])
  await finish('b')
  expect(started).toEqual(['a', 'b'])
  await finish('a')
  expect(started).toEqual(['a', 'b', 'C'])
  await finish('C')
  expect(started).toEqual(['a', 'b', 'C', 'd'])
  await finish('d')
  expect(sent).toEqual(['a', 'b', 'C', 'd'])
})

test('nothing runs before the first frame has left, and nothing after the end', async () => {
  const { inbox, receive, finish, started } = openInbox()
  receive('A', 'B')
  expect(started).toEqual([])
  inbox.begin()
  expect(started).toEqual(['A'])
  inbox.drop()
  await finish('A')
  expect(started).toEqual(['A'])
})

test('a socket that sends faster than its commands are handled is paused, and read again when most are done', async () => {
  const { inbox, receive, finish, pauses } = openInbox()
  inbox.begin()
  const names = Array.from({ length: 256 }, (_, n) => `n${n}`)
  receive(...names)
  expect(pauses).toEqual(['pause'])
  for (const name of names.slice(0, 223)) await finish(name)
  expect(pauses).toEqual(['pause'])
  await finish('n223')
  expect(pauses).toEqual(['pause', 'resume'])
})

test('what comes to the same room before a refusal for the moment has left is refused as well', async () => {
  const { inbox, finish, refuse, started, sent } = openInbox()
  const send = (ref: string, room: string) => inbox.receive({ name: 'message.send', ref, params: { room } })
  inbox.begin()
  send('a', 'elsewhere')
  send('b', 'here')
  await refuse('b')
  send('c', 'here')
  send('d', 'elsewhere')
  expect(sent).toEqual([])
  await finish('a')
  await finish('d')
  expect(sent).toEqual(['a', 'no b', 'no c', 'd'])
  send('e', 'here')
  expect(started).toEqual(['a', 'b', 'd', 'e'])
  await finish('e')
  expect(sent.at(-1)).toBe('e')
})
