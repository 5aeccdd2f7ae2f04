import type { CommandName, Params } from '../protocol/commands.ts'
import type { ErrorFrame, Subscribed } from '../protocol/frames.ts'
import type { MessagePage, Sent } from '../protocol/messages.ts'
import { fromFrame, RequestError } from './errors.ts'

type Frame = { type: string; [field: string]: unknown }

/** What a command is answered with, where its caller looks at it. */
type Answers = {
  'room.subscribe': Subscribed
  'message.send': Sent
  'message.edit': Sent
  'message.delete': Sent
  'message.list': MessagePage
  'presence.list': { online: string[] }
}
export type Answer<Name extends CommandName> = Name extends keyof Answers ? Answers[Name] : unknown
type CommandOf<Name extends CommandName> = Name extends 'ping' ? Record<never, never> : Params<Name>
export type ParamsOf<Name extends CommandName> = CommandOf<Name>
export type RequestOptions = { timeoutMs?: number }

/** Pairs commands with their answers by `ref`. */
export type Requests = {
  request<Name extends CommandName>(
    name: Name,
    params: ParamsOf<Name>,
    options?: RequestOptions,
  ): Promise<Answer<Name>>
  /** Takes a `reply` or `error` frame; says whether somebody was waiting for it. */
  settle(frame: Frame): boolean
  /** The socket is gone: nothing under way will be answered. */
  abandon(): void
}

type Waiting = {
  resolve(answer: unknown): void
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
    request(name, params, { timeoutMs = 10_000 } = {}) {
      const ref = ++lastRef
      return new Promise((resolve, reject) => {
        if (!send({ ...params, type: name, ref })) return reject(disconnected())
        const late = () => take(ref)?.reject(new RequestError('timeout', `No answer to ${name} in time`))
        // Whoever asks knows the type of the answer; the frame cannot say it.
        waiting.set(ref, {
          resolve: resolve as (answer: unknown) => void,
          reject,
          timer: setTimeout(late, timeoutMs),
        })
      })
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

const disconnected = () => new RequestError('disconnected', 'Not connected')
