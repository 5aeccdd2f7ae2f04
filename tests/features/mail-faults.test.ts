import { describe, expect, test } from 'bun:test'
import { sender } from '../../src/features/mail/queue.ts'
import { connect } from '../../src/features/mail/smtp.ts'
import { createLog } from '../../src/log.ts'
import type { Tools } from '../../src/scope.ts'
import { signUp } from '../support/cast.ts'
import { rest, waitFor } from '../support/client.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { answer, type Behaviour, mailSettings, startMailbox } from '../support/mailbox.ts'
import { startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'

const hurry = (tools: Tools, timeoutMs = 1000): void =>
  void Object.assign(tools.policy.mail!, { retryMs: 20, timeoutMs })

/** A server with this mail server, or what `settings` say; it tries again soon. */
async function place(
  behaviour: Behaviour = {},
  options: Parameters<typeof startMailbox>[1] = {},
  urlOf: (port: number) => string = (port) => `smtp://127.0.0.1:${port}`,
) {
  const box = await startMailbox(behaviour, options)
  const lines: string[] = []
  const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } })
  const server = await startServer({ settings: mailSettings({ url: urlOf(box.port) }), log })
  const local = { url: `http://127.0.0.1:${server.port}` }
  hurry(server.tools)
  const count = async () => (await server.tools.sql.query('select id from mails')).length
  const metric = (name: string) =>
    [...server.tools.metrics.text().matchAll(new RegExp(`^parley_mail_${name}.* (\\d+)$`, 'gm'))].map(
      ([line]) => line.replace(/,?node="\w+"/, ''),
    )
  return {
    ...{ box, server, local, lines, count, metric },
    forgot: (email: string) => rest(local).post('/auth/forgot', { email }),
    async stop() {
      await server.stop()
      await box.stop()
    },
  }
}

describe('mail', () => {
  test('to an address that the mail server refuses stops only that mail, and is not tried again', async () => {
    const refuse = /^(gone|late)/
    let late = 0
    const at = await place({
      recipient: (address) => {
        if (address.startsWith('late') && ++late < 3) return answer(451, 'Try again later')
        return address.startsWith('gone') ? answer(550, 'No such mailbox') : undefined
      },
    })
    for (const name of ['gone-1', 'ben', 'late', 'gone-2', 'cleo']) await signUp(at.local, name)
    for (const name of ['ben', 'cleo']) await at.box.to(`${name}@example.org`)
    await at.box.to('late@example.org')
    await waitFor('an empty queue', async () => (await at.count()) === 0)
    expect(at.box.received.map(({ recipients }) => recipients[0]).filter((to) => refuse.test(to!))).toEqual([
      'late@example.org',
    ])
    expect(at.metric('failed_total')).toEqual([
      'parley_mail_failed_total{kind="confirm",why="refused"} 2',
      'parley_mail_failed_total{kind="confirm",why="later"} 2',
    ])
    expect(at.metric('sent_total')).toEqual(['parley_mail_sent_total{kind="confirm"} 3'])
    // The address of a person is not in the log.
    expect(at.lines.join()).not.toContain('gone-1@')
    await at.stop()
  })

  test('waits while the mail server is away, also over a restart, and arrives once', async () => {
    const at = await place()
    await at.box.stop()
    await signUp(at.local, 'ben')
    await waitFor('a failed try', () => at.metric('failed_total').length > 0)
    await at.server.restart(mailSettings(at.box))
    hurry(at.server.tools)
    expect(await at.count()).toBe(1)
    await at.box.start()
    await at.box.to('ben@example.org')
    await waitFor('an empty queue', async () => (await at.count()) === 0)
    expect(at.box.received).toHaveLength(1)
    await at.stop()
  })

  // The row of a forgotten password belongs to no account, so its address outlived the person.
  test('to a person who is erased leaves no address in the queue', async () => {
    const at = await place()
    const ben = await signUp(at.local, 'ben')
    // If nobody had the address, the row would be gone as soon as the sender looks at it.
    const cleo = await signUp(at.local, 'cleo')
    for (const { email } of [ben, cleo]) await at.box.to(email)
    await waitFor('an empty queue', async () => (await at.count()) === 0)
    await at.box.stop()
    await at.forgot('ben@example.org')
    await at.forgot('cleo@example.org')
    expect(await at.count()).toBe(2)
    expect((await rest(at.local, ben).delete('/users/me')).status).toBe(204)
    const rows = await at.server.tools.sql.query<{ address: string }>('select * from mails')
    expect(rows.map(({ address }) => address)).toEqual(['cleo@example.org'])
    expect(JSON.stringify(rows)).not.toContain('ben@')
    await at.server.stop()
  })

  test('to an address that a mail server repeats while it is busy is in no log', async () => {
    let busy = true
    const at = await place({
      taken: ({ recipients }) => (busy ? answer(421, `<${recipients[0]}> come back later`) : undefined),
    })
    await signUp(at.local, 'ben')
    await waitFor('a failed try', () => at.lines.join().includes('the mail server takes no mail'))
    expect(at.lines.join()).not.toContain('ben@')
    busy = false
    await at.box.to('ben@example.org')
    await at.stop()
  })

  test('that the mail server never acknowledges is tried again as the same mail, and delays no request', async () => {
    let slow = true
    const seen: string[] = []
    const at = await place({
      taken: (mail) => {
        seen.push(mail.messageId!)
        return slow ? new Promise(() => {}) : undefined
      },
    })
    hurry(at.server.tools, 300)
    await signUp(at.local, 'ben')
    expect((await at.forgot('nobody@example.org')).status).toBe(202)
    await waitFor('a second try', () => seen.length >= 2)
    slow = false
    const [mail] = await at.box.to('ben@example.org')
    expect(new Set(seen)).toEqual(new Set([mail!.messageId!]))
    await at.stop()
  })

  test('is held back while the password of the mail server is wrong, which no log has', async () => {
    let password = 'another'
    const at = await place(
      {},
      {
        onAuth: (auth, _, done) =>
          auth.password === password
            ? done(null, { user: 'parley' })
            : done(Object.assign(new Error('Wrong'), { responseCode: 535 })),
      },
      (port) => `smtp://parley:p%40ss-canary@127.0.0.1:${port}`,
    )
    await signUp(at.local, 'ben')
    await waitFor('two failed tries', () => /unreachable"} [2-9]/.test(at.metric('failed_total').join()))
    expect([at.box.attempts.mails, await at.count()]).toEqual([0, 1])
    expect(at.lines.join()).toContain('the mail server takes no mail')
    expect(at.lines.join()).not.toContain('canary')
    password = 'p@ss-canary'
    await at.box.to('ben@example.org')
    await at.stop()
  })

  test.each([
    [
      'a certificate that nobody vouches for',
      { secure: true },
      (port: number) => `smtps://127.0.0.1:${port}`,
    ],
    [
      'no STARTTLS where it is required',
      { hideSTARTTLS: true },
      (port: number) => `smtp://parley:canary@127.0.0.1:${port}?tls=required`,
    ],
  ])('is not sent to a mail server with %s', async (_, options, urlOf) => {
    const passwords: string[] = []
    const at = await place(
      {},
      {
        ...options,
        onAuth: (auth, _session, done) => {
          passwords.push(auth.password ?? '')
          done(null, { user: 'parley' })
        },
      },
      urlOf,
    )
    await signUp(at.local, 'ben')
    await waitFor('two failed tries', () => /unreachable"} [2-9]/.test(at.metric('failed_total').join()))
    expect([passwords, at.box.attempts.mails, await at.count()]).toEqual([[], 0, 1])
    await at.stop()
  })

  test('that is too old to be of use is given up', async () => {
    const at = await place()
    await at.box.stop()
    await signUp(at.local, 'ben')
    await waitFor('a failed try', () => at.metric('failed_total').length > 0)
    await at.server.tools.sql.query(
      "update mails set created_at = now() - interval '25 hours', due_at = now()",
    )
    await waitFor('an empty queue', async () => (await at.count()) === 0)
    expect(at.metric('failed_total').join()).toContain('given_up"} 1')
    await at.server.stop()
  })
})

describe.skipIf(!(await postgresForTests()))('on three nodes', () => {
  test('each of many mails is sent by one, and that of a node that died by another', async () => {
    const box = await startMailbox()
    const nodes = await startNodes(linkedBuses(3).buses, mailSettings(box))
    const { tools } = nodes.servers[0]!
    const { sql } = tools
    const local = { url: `http://127.0.0.1:${nodes.servers[0]!.port}` }
    await signUp(local, 'ben')
    await box.to('ben@example.org')
    box.received.length = 0
    // Queued at once, and one of them claimed by a node that is gone.
    await sql.query(
      `insert into mails (id, kind, address, once, language)
       select 'm' || n, 'reset', 'ben@example.org', 'm' || n, 'en' from generate_series(1, 40) n`,
    )
    await sql.query("update mails set claimed_until = now() + interval '1 second', tries = 1 where id = 'm1'")
    const wakeAll = () => {
      for (const server of nodes.servers) sender(server.tools).wake()
    }
    await waitFor('all mails', () => {
      wakeAll()
      return box.received.length >= 40
    })
    await waitFor('an empty queue', async () => (await sql.query('select id from mails')).length === 0)
    expect(box.received).toHaveLength(40)
    expect(new Set(box.received.map(({ messageId }) => messageId)).size).toBe(40)
    expect(box.attempts.connections).toBeGreaterThan(1)
    // So many links of one person work at most.
    expect(await sql.query("select hash from one_time_links where kind = 'reset'")).toHaveLength(3)
    await nodes.stop()
    await box.stop()
  })
})

test('a connection that has ended does not wait for the stop of the server', async () => {
  const box = await startMailbox()
  const { signal } = new AbortController()
  let listeners = 0
  const { addEventListener: add, removeEventListener: remove } = signal
  Object.assign(signal, {
    addEventListener: (...all: Parameters<typeof add>) => {
      listeners++
      add.apply(signal, all)
    },
    removeEventListener: (...all: Parameters<typeof remove>) => {
      listeners--
      remove.apply(signal, all)
    },
  })
  const server = { host: '127.0.0.1', port: box.port, tls: 'optional' } as const
  const wire = await connect(server as never, 5000, signal)
  expect(listeners).toBe(1)
  wire.close()
  await waitFor('the end of the connection', () => listeners === 0)
  await box.stop()
  await expect(connect(server as never, 5000, signal)).rejects.toThrow('unreachable')
  await waitFor('the end of the connection', () => listeners === 0)
})
