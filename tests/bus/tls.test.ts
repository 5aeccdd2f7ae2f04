import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../src/bench/free-port.ts'
import { waitFor } from '../support/client.ts'
import { redisForTests } from '../support/redis.ts'

const openssl = Bun.which('openssl')
const directory = mkdtempSync(join(tmpdir(), 'parley-tls-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** A certificate that is its own authority. */
function certificateFor(name: string, names: string) {
  const [key, cert] = [join(directory, `${name}.key`), join(directory, `${name}.pem`)]
  const { exitCode, stderr } = Bun.spawnSync([
    ...[openssl!, 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...[
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
      '-subj',
      `/CN=${name}`,
      '-addext',
      `subjectAltName=${names}`,
    ],
  ])
  if (exitCode !== 0) throw new Error(stderr.toString())
  return { key, cert }
}

async function redisWith({ key, cert }: ReturnType<typeof certificateFor>) {
  const port = await freePort()
  const server = Bun.spawn(
    [
      ...[
        redisForTests!,
        '--port',
        '0',
        '--tls-port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--dir',
        directory,
      ],
      ...['--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no'],
      ...['--requirepass', 'secret', '--save', ''],
    ],
    { stdio: ['ignore', 'ignore', 'ignore'] },
  )
  await waitFor('Redis listens', () =>
    Promise.race([
      server.exited.then((code) => Promise.reject(new Error(`Redis ended with ${code}`))),
      new Promise<boolean>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy() !== undefined))
        socket.on('error', () => resolve(false))
      }),
    ]),
  )
  return { port, stop: () => server.kill('SIGKILL') }
}

/** What two nodes that trust this authority say to each other, or why they do not start. */
async function saidAt(url: string, authority?: string): Promise<string> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'over-tls.ts'), url], {
    env: { PATH: process.env.PATH, ...(authority && { NODE_EXTRA_CA_CERTS: authority }) },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return (await new Response(child.stdout).text()).trim()
}

// A Redis may be built without TLS: then it complains of this setting and not of the other.
const hasTls =
  redisForTests !== undefined &&
  !Bun.spawnSync([redisForTests, '--tls-auth-clients', 'no', '--port', 'none'])
    .stdout.toString()
    .includes('tls-auth-clients')

describe.skipIf(!hasTls || !openssl)('a bus over Redis with TLS', () => {
  let redis: Awaited<ReturnType<typeof redisWith>>
  let own: ReturnType<typeof certificateFor>
  beforeAll(async () => {
    own = certificateFor('localhost', 'DNS:localhost,IP:127.0.0.1')
    redis = await redisWith(own)
  })
  afterAll(() => redis?.stop())

  test('carries notes, by name and by address, if the certificate is trusted', async () => {
    for (const host of ['localhost', '127.0.0.1'])
      expect(await saidAt(`rediss://:secret@${host}:${redis.port}`, own.cert)).toContain('over TLS')
  })

  test('does not start at a certificate that nobody vouches for or that has another name, and says what to do', async () => {
    const other = certificateFor('other', 'DNS:other.example')
    const stranger = await redisWith(other)
    const at = (port: number, host = 'localhost') => `rediss://:secret@${host}:${port}`
    for (const said of [
      await saidAt(at(redis.port)),
      await saidAt(at(redis.port, '127.0.0.1')),
      await saidAt(at(stranger.port), other.cert),
      await saidAt(at(stranger.port, '127.0.0.1'), other.cert),
    ]) {
      expect(said).toMatch(/^Redis at (localhost|127\.0\.0\.1):\d+ has a certificate .*NODE_EXTRA_CA_CERTS/)
      expect(said).not.toContain('secret')
    }
    expect(await saidAt(`redis://:secret@localhost:${redis.port}`)).toContain('rediss:// where it wants TLS')
    stranger.stop()
  })
})
