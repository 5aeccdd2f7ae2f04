import { type ReadonlySignal, signal } from '@preact/signals'
import type { FollowedThread } from '../../protocol/threads.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { createHad } from '../ground/had.ts'
import { createListing, type Pages } from '../kit/paged-list.ts'

export type ThreadActs = {
  /** The threads that you follow, those with the newest replies first. */
  readonly list: ReadonlySignal<Pages<FollowedThread> | undefined>
  /** How many of them have replies that you have not read. */
  readonly count: ReadonlySignal<number>
  /** Whether you follow any. */
  readonly some: ReadonlySignal<boolean>
  load(): void
  loadMore(): void
  follow(room: string, seq: number, following: boolean): void
  /** Up to the last reply that is loaded. */
  markRead(room: string, seq: number): void
}

/** Replies often come together, and one request says of all of them. Spread, so that a crowd does not ask together. */
const joinMs = 1000

export function threadActs(tools: ActTools): ThreadActs {
  const { client, onClient, onOnline, attempt, quietly } = tools
  const count = signal(0)
  const had = createHad('threads', tools)
  let timer: ReturnType<typeof setTimeout> | undefined
  const list = createListing(async (before: string | undefined) => {
    const asked = client()
    const page = await asked.loadThreads(before === undefined ? {} : { before })
    if (asked !== client()) return page
    if (before === undefined) had.note(page.items.length > 0)
    count.value = page.unread ?? count.value
    return page
  })

  const countAgain = async () => {
    const asked = client()
    const page = await asked.loadThreads({ limit: 1 })
    if (asked !== client()) return
    had.note(page.items.length > 0)
    count.value = page.unread ?? 0
  }
  const look = () => {
    timer = undefined
    quietly(list.pages.value ? list.start() : countAgain())
  }
  const lookSoon = () => {
    timer ??= setTimeout(look, joinMs * (0.5 + Math.random()))
  }

  onClient((mine) => {
    clearTimeout(timer)
    timer = undefined
    count.value = 0
    list.clear()
    mine.on('thread.replied', lookSoon)
    mine.on('thread.changed', lookSoon)
    // What is read in a room is read in its threads.
    mine.on('read.changed', () => {
      if (count.value > 0) lookSoon()
    })
  })
  onOnline(lookSoon)

  return {
    list: list.pages,
    count,
    some: had.some,
    load: () => attempt(list.start()),
    loadMore: () => attempt(list.more()),
    follow: (room, seq, following) => attempt(client().room(room).thread(seq).follow(following)),
    markRead: (room, seq) => quietly(client().room(room).thread(seq).markRead()),
  }
}
