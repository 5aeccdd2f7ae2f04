import type { ChatError } from '../protocol/errors.ts'
import type { Scope } from '../scope.ts'
import type { CheckedCommand, RefusedFrame } from './frames.ts'
import { refusalOf } from './replies.ts'
import { runTraced } from './traced.ts'

export type Arrived = CheckedCommand | RefusedFrame

export type Handler = {
  /** The reply is what it returns, unless it has called `reply` before, to send it in a certain tick. */
  run(scope: Scope, params: unknown, reply: (data: unknown) => void): unknown
  pipelines?(scope: Scope, params: unknown): boolean
}

/** The reply to a command, in its place. `refused`: what the client may send again, so that nothing later may overtake it. */
type Slot = { text?: string; refused?: { room: unknown; error: ChatError } }

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
  const replies: Slot[] = []
  /** How many of `replies` are refused for the moment. */
  let refusals = 0
  /** The command that waits for the replies to those before it. */
  let next: Arrived | undefined
  let working = false
  let paused = false
  let open = false
  let allReplied: (() => void) | undefined

  function receive(fresh: Arrived): void {
    let arrived = fresh
    if (refusals > 0) for (const { refused } of replies) if (refused) arrived = notBefore(refused, arrived)
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
      next = arrived
      if (replies.length > 0) await new Promise<void>((resolve) => (allReplied = resolve))
      const full = owner.drained()
      if (full) await full
      const ready = next
      next = undefined
      const slot = start(ready, 'error' in ready ? undefined : handler)
      if (slot.text === undefined) await new Promise<void>((resolve) => (allReplied = resolve))
    }
    working = false
  }

  /**
   * Until a refusal for the moment has left, the client cannot know that it has to send the message again: what it has sent to the
   * same room after that hears the same.
   */
  function notBefore({ room, error }: NonNullable<Slot['refused']>, arrived: Arrived): Arrived {
    const isLater = 'params' in arrived && arrived.params.room === room && owner.handlerOf(arrived)?.pipelines
    return isLater ? { ...arrived, error } : arrived
  }

  function holdLater(slot: Slot, arrived: Arrived, cause: unknown): void {
    const error = refusalOf(cause)
    if (error?.code !== 'unavailable' || !('params' in arrived) || !owner.handlerOf(arrived)?.pipelines)
      return
    const refused = { room: arrived.params.room, error }
    slot.refused = refused
    refusals++
    if (next) next = notBefore(refused, next)
    for (const [index, each] of queue.entries()) queue[index] = notBefore(refused, each)
  }

  function start(arrived: Arrived, handler: Handler | undefined): Slot {
    const slot: Slot = {}
    replies.push(slot)
    const settle = (outcome: { data: unknown } | { error: unknown }): void => {
      if (slot.text !== undefined) return
      if ('error' in outcome) holdLater(slot, arrived, outcome.error)
      slot.text = owner.reply(arrived, outcome)
      flush()
    }
    if ('error' in arrived || !handler) {
      settle({ error: 'error' in arrived ? arrived.error : new Error('a command without a verb') })
      return slot
    }
    try {
      owner.permit(arrived)
      const reply = (data: unknown): void => settle({ data })
      const result =
        arrived.span === undefined
          ? handler.run(owner.scope(), arrived.params, reply)
          : runTraced(arrived.span, arrived.name, () => handler.run(owner.scope(), arrived.params, reply))
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
      const { text, refused } = replies.shift()!
      if (refused) refusals--
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
