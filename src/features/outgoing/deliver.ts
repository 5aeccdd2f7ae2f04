import { requestOutside, Unreachable } from '../../outside/request.ts'
import { checkUrl } from '../../outside/url.ts'
import type { Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { recordAct } from '../audit/record.ts'
import type { Entry } from '../log/entry.ts'
import { encodeEvent } from '../log/present.ts'
import { readEntryPage } from '../log/replay.ts'
import { mayStillSend } from './right.ts'
import { openTarget, type Target } from './seal.ts'
import { signedHeaders } from './sign.ts'
import {
  advance,
  type Claimed,
  claimWebhook,
  isLeased,
  pauseWebhook,
  recordFailure,
  type WebhookRow,
} from './store.ts'

const timeoutMs = 10_000
const eventsAtOnce = 20
/** What was read is not sent later than this: a message may be deleted meanwhile. */
const freshMs = 1000
/** Well before the lease ends (`store.ts`), also after a send that takes as long as it may. */
const leaseMs = 15_000
/** Another node delivers, or was killed while it did. */
const otherNodeMs = 2000

const firstRetryMs = 1000
const longestRetryMs = 15 * 60_000
const mostFailingMs = 3 * 24 * 3_600_000

type Failure = NonNullable<WebhookRow['failure']> & { retryAfterMs?: number }

/** What is next for this webhook: another turn at once, another one at this time, or nothing until something is written. */
export type Turn = 'more' | 'idle' | Date

/** `closing`: no other event is begun. `abort`: what is being sent is given up, and sent again by the next process. */
export type Ending = { closing: AbortSignal; abort: AbortSignal }

/**
 * Sends the next events of one webhook, in their order. The position is stored after each: a process that ends in between has sent an
 * event that is sent again, with the same id.
 */
export async function takeTurn(tools: Tools, id: string, ending: Ending): Promise<Turn> {
  const { node } = tools.bus
  if (ending.closing.aborted) return 'idle'
  const webhook = await claimWebhook(tools.sql, id, node)
  if (!webhook)
    return (await isLeased(tools.sql, id)) ? new Date(tools.clock().getTime() + otherNodeMs) : 'idle'
  let leasedAt = performance.now()
  if (webhook.nextTryAt && webhook.nextTryAt > tools.clock()) return webhook.nextTryAt
  const target = openTarget(tools, id, webhook.sealed)
  if (!target)
    return pause(tools, webhook, 'secret_lost', (sql) => pauseWebhook(sql, webhook.id, 'secret_lost'))

  const room = { key: webhook.roomKey, id: webhook.room, epoch: webhook.epoch }
  const page = await readEntryPage(tools, room, webhook.position, eventsAtOnce)
  const readAt = performance.now()
  let [done, stored] = [webhook.position, webhook.position]
  for (const entry of page.entries) {
    if (webhook.events && !webhook.events.includes(entry.kind)) {
      done = entry.seq
      continue
    }
    if (ending.closing.aborted) break
    const now = performance.now()
    if (now - readAt > freshMs || now - leasedAt > leaseMs) break
    if (!(await mayStillSend(tools, webhook.room, webhook.createdBy))) return 'idle'
    const failure = await send(tools, target, webhook, room, entry, ending.abort)
    if (ending.abort.aborted) return 'idle'
    tools.metrics.webhooksOut.add(failure?.reason ?? 'delivered')
    if (failure) return fail(tools, webhook, failure)
    done = entry.seq
    stored = done
    if (!(await advance(tools.sql, id, node, stored))) return 'idle'
    leasedAt = performance.now()
  }
  // What came last may not be among the events of this webhook, or may be damaged.
  const seen = done === (page.entries.at(-1)?.seq ?? webhook.position) ? page.last : done
  if (seen > stored && !(await advance(tools.sql, id, node, seen))) return 'idle'
  return page.full || seen < page.last ? 'more' : 'idle'
}

async function send(
  tools: Tools,
  { url: text, secret }: Target,
  webhook: Claimed,
  room: { key: number; id: string; epoch: string },
  entry: Entry,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const url = checkUrl(text, tools.policy.outgoing)
  // The operator has taken an allowance back.
  if (typeof url === 'string') return { reason: 'no_address' }
  const body = encodeEvent(room, entry)
  // The same for each try. An epoch is part of it, because a restored community gives the numbers again.
  const id = `msg_${webhook.id}_${webhook.epoch}_${entry.seq}`
  try {
    const { status, headers } = await requestOutside(
      url,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Parley',
          ...signedHeaders(secret, id, tools.clock(), body),
        },
        body,
        timeoutMs,
        signal,
      },
      { allowance: tools.policy.outgoing },
    )
    if (status >= 200 && status < 300) return undefined
    const seconds = Number(headers.get('retry-after'))
    return { reason: 'status', status, ...(seconds > 0 && { retryAfterMs: seconds * 1000 }) }
  } catch (error) {
    if (error instanceof Unreachable) return { reason: error.why }
    throw error
  }
}

async function fail(
  tools: Tools,
  webhook: Claimed,
  { retryAfterMs = 0, ...failure }: Failure,
): Promise<Turn> {
  const at = tools.clock()
  const failingMs = at.getTime() - (webhook.failingSince ?? at).getTime()
  const pausedFor = failure.status === 410 ? 'gone' : failingMs > mostFailingMs ? 'failing' : undefined
  const waitMs = Math.min(
    longestRetryMs,
    Math.max(retryAfterMs, firstRetryMs * 2 ** Math.min(webhook.tries, 20)),
  )
  // Spread, so that many webhooks of one receiver do not come back to it together.
  const nextTryAt = new Date(at.getTime() + waitMs * (0.5 + Math.random() / 2))
  const failed = { at, failure, nextTryAt, ...(pausedFor && ({ pausedFor } as const)) }
  const record = (sql: Sql) => recordFailure(sql, webhook.id, tools.bus.node, failed)
  if (pausedFor) return pause(tools, webhook, pausedFor, record)
  return (await record(tools.sql)) ? nextTryAt : 'idle'
}

/** Together with its line in the audit log: the list of the room shows it too, but few people look there. */
async function pause(
  tools: Tools,
  { id, room }: Claimed,
  reason: 'secret_lost' | 'gone' | 'failing',
  store: (sql: Sql) => Promise<boolean>,
): Promise<Turn> {
  const isPaused = await tools.sql.transaction(async (sql) => {
    if (!(await store(sql))) return false
    await recordAct(tools, { action: 'outgoing.paused', room, detail: { webhook: id, reason } }, sql)
    return true
  })
  if (!isPaused) return 'idle'
  tools.metrics.webhooksOutPaused.add(reason)
  tools.log.warn('an outgoing webhook is paused', { webhook: id, reason })
  return 'idle'
}
