import type { ReplyData } from '../protocol/command-rows.ts'
import type { CommandName, Params } from '../protocol/commands.ts'
import type { ErrorFrame } from '../protocol/frames.ts'
import { disconnected, failure, fromFrame } from './errors.ts'
import { type Abortable, abortable } from './waiting.ts'

type Frame = { type: string; [field: string]: unknown }

/** `timeoutMs`: how long the reply may take; 10,000 by default. */
export type RequestOptions = Abortable & { timeoutMs?: number | undefined }

/** Matches replies to commands by `ref`. */
export type Requests = {
  request<Name extends CommandName>(
    name: Name,
    params: Params<Name>,
    options?: RequestOptions,
  ): Promise<ReplyData<Name>>
  /** Takes a `reply` or `error` frame. Returns whether a request was waiting for it. */
  settle(frame: Frame): boolean
  /** The socket is closed: requests under way reject with `disconnected`. */
  abandon(): void
}

type Waiting = {
  resolve(reply: unknown): void
  reject(error: Error): void
  timer: ReturnType<typeof setTimeout>
}

export function createRequests(send: (frame: Frame) => boolean): Requests {
  const waiting = new Map<number, Waiting>()
  let lastRef = 0

  const take = (ref: unknown) => {
    const found = typeof ref === 'number' ? waiting.get(ref) : undefined
    if (!found) return undefined
    waiting.delete(ref as number)
    clearTimeout(found.timer)
    return found
  }

  return {
    request<Name extends CommandName>(
      name: Name,
      params: Params<Name>,
      { timeoutMs = 10_000, signal }: RequestOptions = {},
    ) {
      if (signal?.aborted) return Promise.reject(signal.reason)
      const ref = ++lastRef
      const replied = new Promise<ReplyData<Name>>((resolve, reject) => {
        if (!send({ ...params, type: name, ref })) return reject(disconnected())
        const late = () => take(ref)?.reject(failure('timeout'))
        // The caller knows the type of the reply; the frame does not carry it.
        waiting.set(ref, {
          resolve: resolve as (reply: unknown) => void,
          reject,
          timer: setTimeout(late, timeoutMs),
        })
      })
      return abortable(replied, signal)
    },
    settle(frame) {
      const found = take(frame.ref)
      if (!found) return false
      if (frame.type === 'reply') found.resolve(frame.data)
      else found.reject(fromFrame(frame as unknown as ErrorFrame))
      return true
    },
    abandon() {
      for (const ref of [...waiting.keys()]) take(ref)?.reject(disconnected())
    },
  }
}
