import type { Scope } from '../scope.ts'
import type { Refused, Wish } from './frames.ts'

export type Arrived = Wish | Refused

export type Handler = {
  /** Answers with what it returns, unless it called `reply` before: for what must be sent in a certain tick. */
  run(scope: Scope, params: unknown, reply: (data: unknown) => void): unknown
  pipelines?(scope: Scope, params: unknown): boolean
}

/** The inbox takes no more than this before it asks the socket to pause. */
const fullAt = 256
const emptyAt = 32

type Owner = {
  scope(): Scope
  handlerOf(wish: Wish): Handler | undefined
  /** Throws where this command is not for whoever is acting. */
  permit(wish: Wish): void
  answer(arrived: Arrived, outcome: { data: unknown } | { error: unknown }): string
  send(text: string): void
  pause(): void
  resume(): void
  /** Resolves when there is room for another answer; undefined when there is now. */
  drained(): Promise<void> | undefined
}

/**
 * One command at a time, because Bun starts the next frame's handler before an async one has finished. Sends that only
 * queue a write are started at once and share a group commit; answers still leave in the order of the commands.
 */
export function createInbox(owner: Owner) {
  const queue: Arrived[] = []
  const answers: { text?: string }[] = []
  let working = false
  let paused = false
  let open = false
  let allAnswered: (() => void) | undefined

  function receive(arrived: Arrived): void {
    queue.push(arrived)
    if (!working && open) void work()
    if (!paused && queue.length + answers.length >= fullAt) {
      paused = true
      owner.pause()
    }
  }

  // Synchronous until something must be awaited: frames of one burst reach the same commit.
  async function work(): Promise<void> {
    working = true
    for (let arrived = queue.shift(); arrived; arrived = queue.shift()) {
      const handler = 'error' in arrived ? undefined : owner.handlerOf(arrived)
      if (handler && 'params' in arrived && handler.pipelines?.(owner.scope(), arrived.params)) {
        start(arrived, handler)
        continue
      }
      if (answers.length > 0) await new Promise<void>((resolve) => (allAnswered = resolve))
      const full = owner.drained()
      if (full) await full
      const slot = start(arrived, handler)
      if (slot.text === undefined) await new Promise<void>((resolve) => (allAnswered = resolve))
    }
    working = false
  }

  function start(arrived: Arrived, handler: Handler | undefined): { text?: string } {
    const slot: { text?: string } = {}
    answers.push(slot)
    const settle = (outcome: { data: unknown } | { error: unknown }): void => {
      if (slot.text !== undefined) return
      slot.text = owner.answer(arrived, outcome)
      flush()
    }
    if ('error' in arrived || !handler) {
      settle({ error: 'error' in arrived ? arrived.error : new Error('a command without a verb') })
      return slot
    }
    try {
      owner.permit(arrived)
      const result = handler.run(owner.scope(), arrived.params, (data) => settle({ data }))
      if (result instanceof Promise)
        result.then(
          (data) => settle({ data }),
          (error) => settle({ error }),
        )
      else settle({ data: result })
    } catch (error) {
      settle({ error })
    }
    return slot
  }

  function flush(): void {
    while (answers[0]?.text !== undefined) {
      const { text } = answers.shift()!
      if (text) owner.send(text!)
    }
    if (answers.length === 0) {
      const resolve = allAnswered
      allAnswered = undefined
      resolve?.()
    }
    if (paused && queue.length + answers.length <= emptyAt) {
      paused = false
      owner.resume()
    }
  }

  return {
    receive,
    /** Commands wait until the socket has had its first frame. */
    begin(): void {
      open = true
      if (!working && queue.length > 0) void work()
    },
    isIdle: (): boolean => queue.length === 0 && answers.length === 0,
    drop: (): void => {
      queue.length = 0
    },
  }
}
