import type { MailPolicy, Tools } from '../../scope.ts'
import { siteOf } from '../community/community.ts'
import { kindOf } from './compose.ts'
import { isSafeAddress, messageOf } from './message.ts'
import { sender } from './queue.ts'
import { connect, NotSent, type Wire } from './smtp.ts'
import { claimMail, countMails, deleteMail, type MailRow, postponeMail } from './store.ts'

const lookMs = 15_000
const graceMs = 3000
/** A timer may come a little early. */
const wakeLateMs = 20
const longestRetryMs = 3_600_000
const longestPauseMs = 300_000
const mostTries = 20

/**
 * Sends what is queued: one mail at a time on each node, and each mail by the node that has claimed it. A node that dies while it
 * sends leaves its claim, and another sends the mail again after the claim: as the same mail, by its Message-ID.
 */
export function startMail(tools: Tools): () => Promise<void> {
  const { mail } = tools.policy
  if (!mail) return async () => {}
  let stopped = false
  let running: Promise<void> | undefined
  let again = false
  /** Failures of the server in a row: while it is away, it is not asked for every mail. */
  let outages = 0
  let pausedUntil = 0
  const stopping = new AbortController()

  async function run(): Promise<void> {
    do {
      again = false
      await drain().catch((error) => {
        if (!stopped) tools.log.warn('mails could not be sent; trying again', { error })
      })
    } while (again && !stopped)
    running = undefined
  }

  function wake(): void {
    if (stopped || performance.now() < pausedUntil) return
    again = true
    running ??= run()
  }

  async function drain(): Promise<void> {
    let wire: Wire | undefined
    try {
      while (!stopped) {
        const row = await claimMail(tools.sql, claimSeconds(mail!))
        if (!row) break
        wire = await handle(row, wire)
        if (performance.now() < pausedUntil) break
      }
    } finally {
      wire?.close()
      if (!stopped) tools.metrics.mail.queued.set(await countMails(tools.sql))
    }
  }

  async function handle(row: MailRow & { ageMs: number }, wire: Wire | undefined): Promise<Wire | undefined> {
    const kind = kindOf(tools, row.kind)
    // A kind of a newer version of this program, which other nodes may run already.
    if (!kind) {
      await postponeMail(tools.sql, row, 60)
      return wire
    }
    if (row.ageMs > kind.mostAgeMs || row.tries > mostTries) {
      await giveUp(row, 'given_up')
      return wire
    }
    const composed = await kind.compose(tools, mail!, row)
    if (!composed) {
      await deleteMail(tools.sql, row)
      return wire
    }
    if (!isSafeAddress(composed.to)) {
      await giveUp(row, 'refused')
      return wire
    }
    let open = wire
    try {
      open ??= await connect(mail!.server, mail!.timeoutMs, stopping.signal)
      await open.send(
        { from: mail!.from.address, to: composed.to },
        await messageOf(mail!, siteOf(tools, mail!.origin), row.id, composed),
      )
    } catch (error) {
      if (!(error instanceof NotSent)) throw error
      return failed(row, error, open)
    }
    outages = 0
    await deleteMail(tools.sql, row)
    tools.metrics.mail.sent.add(row.kind)
    return open
  }

  async function failed(row: MailRow, error: NotSent, wire: Wire | undefined): Promise<undefined> {
    // The server may wait for the rest of a mail that it has refused.
    wire?.close()
    if (error.why === 'refused') return void (await giveUp(row, 'refused', error))
    if (stopped) return void (await postponeMail(tools.sql, row, 0))
    tools.metrics.mail.failed.add(row.kind, error.why)
    const delayMs = spread(mail!.retryMs * 2 ** (row.tries - 1), longestRetryMs)
    await postponeMail(tools.sql, row, delayMs / 1000)
    wakeIn(delayMs)
    if (error.why === 'later') return
    const pauseMs = spread((mail!.retryMs / 4) * 2 ** outages++, longestPauseMs)
    pausedUntil = performance.now() + pauseMs
    wakeIn(pauseMs)
    const seconds = Math.round(pauseMs / 1000)
    tools.log.warn('the mail server takes no mail; trying again', { seconds, error: error.cause })
  }

  function wakeIn(delayMs: number): void {
    setTimeout(wake, delayMs + wakeLateMs).unref?.()
  }

  /** Without the address, which is nobody's but the person's. */
  async function giveUp(row: MailRow, why: 'refused' | 'given_up', error?: NotSent): Promise<void> {
    await deleteMail(tools.sql, row)
    tools.metrics.mail.failed.add(row.kind, why)
    const { responseCode } = (error?.cause ?? {}) as { responseCode?: number }
    tools.log.warn('a mail was not sent', {
      kind: row.kind,
      id: row.id,
      why,
      ...(responseCode && { responseCode }),
    })
  }

  sender(tools).wake = wake
  const timer = setInterval(wake, lookMs)
  timer.unref?.()
  wake()
  return async () => {
    stopped = true
    clearInterval(timer)
    // What the mail server has just taken must not be sent again.
    await Promise.race([running, Bun.sleep(graceMs)])
    stopping.abort(new Error('This server is stopping'))
    await running
  }
}

/** Longer than the slowest mail: connecting, signing in and sending have `timeoutMs` each. */
const claimSeconds = ({ timeoutMs }: MailPolicy): number => (timeoutMs * 3) / 1000 + 60

const spread = (delayMs: number, mostMs: number): number => Math.min(delayMs, mostMs) * (0.5 + Math.random())
