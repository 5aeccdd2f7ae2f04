import type { Message } from '../protocol/messages.ts'
import { mayRetry } from './errors.ts'
import type { EventStream } from './listeners.ts'
import type { Readiness } from './readiness.ts'
import type { Requests } from './requests.ts'
import { type Abortable, abortable, sleep } from './waiting.ts'

/** `after`: the last `seq` that the program has seen; by default only new messages follow. */
export type FollowOptions = Abortable & { after?: number | undefined }

type Following = {
  id: string
  events: EventStream
  opened: Promise<unknown>
  request: Requests['request']
  ready: Readiness['wait']
}

/** The messages of a room as an endless list: its events, and pages of its history where events are missing. */
export async function* follow(
  { id, events, opened, request, ready }: Following,
  { after, signal }: FollowOptions = {},
): AsyncGenerator<Message, void, void> {
  /** The `seq` of the last message yielded. A fetched message may also arrive as an event. */
  let last = after ?? 0

  const page = async (from: number) => {
    for (;;) {
      try {
        return await request('message.list', { room: id, after: from, limit: 100 }, { signal })
      } catch (error) {
        if (!mayRetry(error)) throw error
        await abortable(sleep(error.retry_after_ms ?? 500), signal)
        await ready({ signal })
      }
    }
  }

  async function* since(seq: number) {
    for (let from: number | undefined = seq; from !== undefined; ) {
      const { items, next }: Awaited<ReturnType<typeof page>> = await page(from)
      yield* unseen(items)
      from = next
    }
  }

  function* unseen(messages: readonly Message[]) {
    for (const message of messages) {
      if (message.seq <= last) continue
      last = message.seq
      if (!message.deleted_at) yield message
    }
  }

  try {
    await opened
    if (after !== undefined) yield* since(after)
    for await (const event of events) {
      if (event.type === 'message.created') yield* unseen([event.message])
      if (event.type !== 'room.reset') continue
      if (event.since.epoch === event.epoch) yield* since(Math.max(last, event.since.seq))
      else last = event.head
    }
  } finally {
    await events.return?.()
  }
}
