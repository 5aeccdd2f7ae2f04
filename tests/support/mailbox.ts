import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { waitFor } from './client.ts'

export type Received = Email & {
  /** The envelope: who it was really sent to. */
  recipients: string[]
  raw: string
  header(name: string): string | undefined
}

type Answer = Error | undefined
export const answer = (responseCode: number, text: string): Error =>
  Object.assign(new Error(text), { responseCode })

/** What a test wants a mail server to do other than take every mail; it may change while the server runs. */
export type Behaviour = {
  /** At RCPT TO. */
  recipient?(address: string): Answer
  /** After the mail was received. */
  taken?(mail: Received): Answer | Promise<Answer>
}

/** A real mail server on a free port of 127.0.0.1, which keeps what it gets. */
export async function startMailbox(behaviour: Behaviour = {}, options: SMTPServerOptions = {}) {
  const received: Received[] = []
  const attempts = { connections: 0, mails: 0 }
  const create = () =>
    new SMTPServer({
      authOptional: options.onAuth === undefined,
      disableReverseLookup: true,
      logger: false,
      onConnect: (_, done) => {
        attempts.connections++
        done()
      },
      onRcptTo: ({ address }, _, done) => done(behaviour.recipient?.(address)),
      onData: async (stream, session, done) => {
        attempts.mails++
        const raw = await new Response(stream as unknown as ReadableStream).text()
        const mail: Received = {
          ...(await PostalMime.parse(raw)),
          recipients: session.envelope.rcptTo.map(({ address }) => address),
          raw,
          header: (name) => mail.headers.find(({ key }) => key === name.toLowerCase())?.value,
        }
        const refused = await behaviour.taken?.(mail)
        if (!refused) received.push(mail)
        done(refused)
      },
      ...options,
    })
  let server = create()
  server.on('error', () => {})
  const listen = async (port: number): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return (server.server.address() as AddressInfo).port
  }
  const port = await listen(0)
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    received,
    attempts,
    behaviour,
    /** The mails to this address, as soon as there are `count`. */
    async to(address: string, count = 1): Promise<Received[]> {
      const mine = () => received.filter(({ recipients }) => recipients.includes(address))
      await waitFor(`${count} mails to ${address}`, async () => mine().length >= count)
      return mine()
    },
    stop: close,
    async start() {
      server = create()
      server.on('error', () => {})
      await listen(port)
    },
  }
}

export type Mailbox = Awaited<ReturnType<typeof startMailbox>>

export const mailSettings = ({ url }: Pick<Mailbox, 'url'>, publicUrl = 'https://chat.example.org') => ({
  MAIL_URL: url,
  MAIL_FROM: 'Parley <parley@example.org>',
  PUBLIC_URL: publicUrl,
})

/** The token in the link of a mail. */
export const tokenOf = ({ text = '' }: Email): string => /#[a-z-]+=([\w.-]+)/.exec(text)?.[1] ?? ''
