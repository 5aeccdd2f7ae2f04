import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { MailPolicy } from '../../scope.ts'

/*
 * One connection to the mail server, and one mail at a time on it. nodemailer speaks SMTP; its pool of connections does not
 * say whether a failure was that of one mail or of the server, and cannot be ended at a deadline.
 */

/** `refused`: never again for this mail. `later`: this mail again. `unreachable`: nothing can be sent now. */
export class NotSent extends Error {
  override name = 'NotSent'
  constructor(
    readonly why: 'refused' | 'later' | 'unreachable',
    override readonly cause: unknown,
  ) {
    super(`The mail was not sent: ${why}`)
  }
}

export type Envelope = { from: string; to: string }
export type Wire = { send(envelope: Envelope, message: Buffer): Promise<void>; close(): void }

/** `stopping` ends it at once. */
export async function connect(
  server: MailPolicy['server'],
  timeoutMs: number,
  stopping: AbortSignal,
): Promise<Wire> {
  const { host, port, tls, user, password } = server
  const connection = new SMTPConnection({
    host,
    port,
    secure: tls === 'always',
    requireTLS: tls === 'starttls',
    opportunisticTLS: tls === 'optional',
    // Where TLS is optional, a certificate that nobody vouches for is better than none.
    tls: { rejectUnauthorized: tls !== 'optional' },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    logger: false,
  })
  let broken: unknown
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => {})
  connection.on('error', (error) => {
    broken = error
    failed.reject(error)
  })
  connection.on('end', () => failed.reject(new Error('The mail server has closed the connection')))
  const stop = () => {
    broken = stopping.reason
    failed.reject(stopping.reason)
    connection.close()
  }
  stopping.addEventListener('abort', stop)
  connection.on('end', () => stopping.removeEventListener('abort', stop))
  const within = (begin: Begin) => step(begin, failed.promise, timeoutMs)
  try {
    await within((done) => connection.connect(done))
    if (user !== undefined) await within((done) => connection.login({ user, pass: password }, done))
  } catch (error) {
    connection.close()
    throw new NotSent('unreachable', error)
  }
  return {
    async send({ from, to }, message) {
      try {
        await within((done) => connection.send({ from, to: [to] }, message, done))
      } catch (error) {
        throw new NotSent(broken ? 'unreachable' : whoseFault(error), error)
      }
    },
    close() {
      connection.quit()
      const timer = setTimeout(() => connection.close(), 1000)
      timer.unref?.()
    },
  }
}

type Failure = { responseCode?: number; code?: string; command?: string }

function whoseFault(error: unknown): NotSent['why'] {
  const { responseCode = 0, code, command = '' } = error as Failure
  // An address that the server cannot even write down.
  if (responseCode === 0) return code === 'EENVELOPE' ? 'refused' : 'unreachable'
  // 421: the server is going away. A sender that is refused is our setting, and not the recipient's.
  if (responseCode === 421 || /^MAIL FROM/i.test(command)) return 'unreachable'
  return responseCode >= 500 ? 'refused' : 'later'
}

type Begin = (done: (error?: Error | null) => void) => void

function step(begin: Begin, failed: Promise<never>, timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The mail server took longer than ${timeoutMs} ms`)), timeoutMs)
  })
  const done = new Promise<void>((resolve, reject) => begin((error) => (error ? reject(error) : resolve())))
  return Promise.race([done, failed, late]).finally(() => clearTimeout(timer))
}
