import type { ChatError } from '../protocol/errors.ts'
import type { Scope } from '../scope.ts'
import type { CheckedCommand, RefusedFrame } from './frames.ts'
import { refusalOf } from './replies.ts'
import { runTraced } from './traced.ts'

export type Arrived = CheckedCommand | RefusedFrame

export type Handler = {
  /**
   * The reply is what it returns, unless it has called `reply` before, to send it in a certain tick. `owner`: the connection on which
   * the command arrived.
   */
  run(scope: Scope, params: unknown, reply: (data: unknown) => void, owner: Owner): unknown
  pipelines?(scope: Scope, params: unknown): boolean
}

/** The reply to a command, in its place. `refused`: what the client may send again, so that nothing later may overtake it. */
type Slot = { text?: string; refused?: { room: unknown; error: ChatError } }

/** With this many commands waiting the socket is paused, and with this few resumed. */
const fullAt = 256
const emptyAt = 32

/** The connection: an object with methods, because a crowd of connections would have a crowd of closures. */
export type Owner = {
  readonly scope: Scope
  handlerOf(command: CheckedCommand): Handler | undefined
  /** Throws if the user may not send this command. */
  permit(command: CheckedCommand): void
  encode(arrived: Arrived, outcome: { data: unknown } | { error: unknown }): string
  sendReply(text: string): void
  pause(): void
  resume(): void
  /** Resolves when there is room for another reply; undefined if there is room now. */
  whenDrained(): Promise<void> | undefined
}

/**
 * Runs one command at a time, because Bun starts the next frame's handler before an async one has finished. Commands that
 * only queue a write start at once and share a group commit. Replies always leave in the order of the commands.
 */
export class Inbox {
  readonly #owner: Owner
  readonly #queue: Arrived[] = []
  readonly #replies: Slot[] = []
  /** How many of the replies are refused for the moment. */
  #refusals = 0
  /** The command that waits for the replies to those before it. */
  #next: Arrived | undefined
  #working = false
  #paused = false
  #open = false
  #allReplied: (() => void) | undefined

  constructor(owner: Owner) {
    this.#owner = owner
  }

  receive(fresh: Arrived): void {
    let arrived = fresh
    if (this.#refusals > 0)
      for (const { refused } of this.#replies) if (refused) arrived = this.#notBefore(refused, arrived)
    this.#queue.push(arrived)
    if (!this.#working && this.#open) void this.#work()
    if (!this.#paused && this.#queue.length + this.#replies.length >= fullAt) {
      this.#paused = true
      this.#owner.pause()
    }
  }

  /** Call it after the first frame: commands wait until then. */
  begin(): void {
    this.#open = true
    if (!this.#working && this.#queue.length > 0) void this.#work()
  }

  isIdle(): boolean {
    return this.#queue.length === 0 && this.#replies.length === 0
  }

  drop(): void {
    this.#queue.length = 0
  }

  // Synchronous until something must be awaited, so that the frames of one burst reach the same commit.
  async #work(): Promise<void> {
    this.#working = true
    for (let arrived = this.#queue.shift(); arrived; arrived = this.#queue.shift()) {
      const handler = 'error' in arrived ? undefined : this.#owner.handlerOf(arrived)
      if (handler && 'params' in arrived && handler.pipelines?.(this.#owner.scope, arrived.params)) {
        this.#start(arrived, handler)
        continue
      }
      this.#next = arrived
      if (this.#replies.length > 0) await this.#untilAllReplied()
      const full = this.#owner.whenDrained()
      if (full) await full
      const ready = this.#next
      this.#next = undefined
      const slot = this.#start(ready, 'error' in ready ? undefined : handler)
      if (slot.text === undefined) await this.#untilAllReplied()
    }
    this.#working = false
  }

  #untilAllReplied(): Promise<void> {
    return new Promise((resolve) => {
      this.#allReplied = resolve
    })
  }

  /**
   * Until a refusal for the moment has left, the client cannot know that it has to send the message again: what it has sent to the
   * same room after that hears the same.
   */
  #notBefore({ room, error }: NonNullable<Slot['refused']>, arrived: Arrived): Arrived {
    const isLater =
      'params' in arrived && arrived.params.room === room && this.#owner.handlerOf(arrived)?.pipelines
    return isLater ? { ...arrived, error } : arrived
  }

  #holdLater(slot: Slot, arrived: Arrived, cause: unknown): void {
    const error = refusalOf(cause)
    if (error?.code !== 'unavailable' || !('params' in arrived) || !this.#owner.handlerOf(arrived)?.pipelines)
      return
    const refused = { room: arrived.params.room, error }
    slot.refused = refused
    this.#refusals++
    if (this.#next) this.#next = this.#notBefore(refused, this.#next)
    for (const [index, each] of this.#queue.entries()) this.#queue[index] = this.#notBefore(refused, each)
  }

  #start(arrived: Arrived, handler: Handler | undefined): Slot {
    const slot: Slot = {}
    this.#replies.push(slot)
    const settle = (outcome: { data: unknown } | { error: unknown }): void => {
      if (slot.text !== undefined) return
      if ('error' in outcome) this.#holdLater(slot, arrived, outcome.error)
      slot.text = this.#owner.encode(arrived, outcome)
      this.#flush()
    }
    if ('error' in arrived || !handler) {
      settle({ error: 'error' in arrived ? arrived.error : new Error('a command without a verb') })
      return slot
    }
    try {
      const owner = this.#owner
      owner.permit(arrived)
      const reply = (data: unknown): void => settle({ data })
      const result =
        arrived.span === undefined
          ? handler.run(owner.scope, arrived.params, reply, owner)
          : runTraced(arrived.span, arrived.name, () =>
              handler.run(owner.scope, arrived.params, reply, owner),
            )
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

  #flush(): void {
    while (this.#replies[0]?.text !== undefined) {
      const { text, refused } = this.#replies.shift()!
      if (refused) this.#refusals--
      if (text) this.#owner.sendReply(text)
    }
    if (this.#replies.length === 0) {
      const resolve = this.#allReplied
      this.#allReplied = undefined
      resolve?.()
    }
    if (this.#paused && this.#queue.length + this.#replies.length <= emptyAt) {
      this.#paused = false
      this.#owner.resume()
    }
  }
}
