import type { Scope } from '../scope.ts'
import type { CheckedCommand, RefusedFrame } from './frames.ts'

export type Arrived = CheckedCommand | RefusedFrame

export type Handler = {
  /** The reply is what it returns, unless it has called `reply` before, to send it in a certain tick. */
  run(scope: Scope, params: unknown, reply: (data: unknown) => void): unknown
  pipelines?(scope: Scope, params: unknown): boolean
}

/** With this many commands waiting the socket is paused, and with this few resumed. */
const fullAt = 256
const emptyAt = 32

type Owner = {
  scope(): Scope
  handlerOf(command: CheckedCommand): Handler | undefined
  /** Throws if the user may not send this command. */
  permit(command: CheckedCommand): void
  reply(arrived: Arrived, outcome: { data: unknown } | { error: unknown }): string
  send(text: string): void
  pause(): void
  resume(): void
  /** Resolves when there is room for another reply; undefined if there is room now. */
  drained(): Promise<void> | undefined
}

/**
 * Runs one command at a time, because Bun starts the next frame's handler before an async one has finished. Commands that
 * only queue a write start at once and share a group commit. Replies always leave in the order of the commands.
 */
export function createInbox(owner: Owner) {
  const queue: Arrived[] = []
  const replies: { text?: string }[] = []
  let working = false
  let paused = false
  let open = false
  let allReplied: (() => void) | undefined

  function receive(arrived: Arrived): void {
    queue.push(arrived)
    if (!working && open) void work()
    if (!paused && queue.length + replies.length >= fullAt) {
      paused = true
      owner.pause()
    }
  }

  // Synchronous until something must be awaited, so that the frames of one burst reach the same commit.
  async function work(): Promise<void> {
    working = true
    for (let arrived = queue.shift(); arrived; arrived = queue.shift()) {
      const handler = 'error' in arrived ? undefined : owner.handlerOf(arrived)
      if (handler && 'params' in arrived && handler.pipelines?.(owner.scope(), arrived.params)) {
        start(arrived, handler)
        continue
      }
      if (replies.length > 0) await new Promise<void>((resolve) => (allReplied = resolve))
      const full = owner.drained()
      if (full) await full
      const slot = start(arrived, handler)
      if (slot.text === undefined) await new Promise<void>((resolve) => (allReplied = resolve))
    }
    working = false
  }

  function start(arrived: Arrived, handler: Handler | undefined): { text?: string } {
    const slot: { text?: string } = {}
    replies.push(slot)
    const settle = (outcome: { data: unknown } | { error: unknown }): void => {
      if (slot.text !== undefined) return
      slot.text = owner.reply(arrived, outcome)
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
    while (replies[0]?.text !== undefined) {
      const { text } = replies.shift()!
      if (text) owner.send(text!)
    }
    if (replies.length === 0) {
      const resolve = allReplied
      allReplied = undefined
      resolve?.()
    }
    if (paused && queue.length + replies.length <= emptyAt) {
      paused = false
      owner.resume()
    }
  }

  return {
    receive,
    /** Call it after the first frame: commands wait until then. */
    begin(): void {
      open = true
      if (!working && queue.length > 0) void work()
    },
    isIdle: (): boolean => queue.length === 0 && replies.length === 0,
    drop: (): void => {
      queue.length = 0
    },
  }
}
