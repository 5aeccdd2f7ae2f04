import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../src/bench/free-port.ts'
import { repository } from '../support/child.ts'
import { patienceMs } from '../support/patience.ts'

/** The name in the examples of deploy/; for the tests it leads to this machine. */
export const host = 'chat.example.org'

export type RunningProxy = { port: number; log(): string; stop(): Promise<void> }
type Place = { directory: string; port: number; upstreams: string[] }

const programs = { nginx: Bun.which('nginx') ?? Bun.which('/usr/sbin/nginx'), caddy: Bun.which('caddy') }
export type ProxyName = keyof typeof programs
export const proxies = Object.keys(programs) as ProxyName[]

/** Whether these tests can run. Where nobody would read a warning, in CI, a missing proxy is a failure. */
export function proxyIsThere(name: ProxyName): boolean {
  if (programs[name]) return true
  if (process.env.CI === 'true') throw new Error(`There is no ${name} here.`)
  console.warn(`\nSKIPPED: no ${name} here, the example for it in deploy/ was not tried.\n`)
  return false
}

/** Runs deploy/nginx.conf or deploy/Caddyfile in front of a server, or of several as with deploy/nodes/Caddyfile, with a certificate of its own and a free port. */
export async function startProxy(name: ProxyName, ...ports: number[]): Promise<RunningProxy> {
  const directory = mkdtempSync(join(tmpdir(), `parley-${name}-`))
  const place = { directory, port: await freePort(), upstreams: ports.map((port) => `127.0.0.1:${port}`) }
  const child = Bun.spawn(name === 'nginx' ? nginxAt(place) : caddyAt(place), {
    env: { PATH: process.env.PATH ?? '', HOME: directory },
    stdio: ['ignore', 'ignore', Bun.file(join(directory, 'errors'))],
  })
  const read = (file: string) => readFileSync(join(directory, file), 'utf8')
  const deadline = Date.now() + patienceMs
  while (!(await answers(place.port))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${name}: ${read('errors')}`)
    await Bun.sleep(50)
  }
  return {
    port: place.port,
    log: () => read('access'),
    async stop() {
      child.kill('SIGTERM')
      await child.exited
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function nginxAt({ directory, port, upstreams }: Place): string[] {
  const [key, certificate] = [join(directory, 'key'), join(directory, 'certificate')]
  const made = Bun.spawnSync([
    ...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-days', '2', '-subj', `/CN=${host}`, '-keyout', key, '-out', certificate],
  ])
  if (made.exitCode !== 0) throw new Error(made.stderr.toString())
  const ours = example('nginx.conf', {
    'listen 443 ': `listen 127.0.0.1:${port} `,
    '    listen [::]:443 ssl http2;\n': '',
    [`/etc/letsencrypt/live/${host}/fullchain.pem`]: certificate,
    [`/etc/letsencrypt/live/${host}/privkey.pem`]: key,
    '/var/log/nginx/parley.log': join(directory, 'access'),
    '    server 127.0.0.1:8000 fail_timeout=5s;': upstreams
      .map((each) => `server ${each} fail_timeout=5s;`)
      .join(' '),
  })
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (what) => `${what}_temp_path ${join(directory, what)};`,
  )
  const around = `daemon off; worker_processes 1; pid ${join(directory, 'pid')}; error_log stderr;
    events {} http { ${temporary.join(' ')}\n${ours}\n}`
  writeFileSync(join(directory, 'nginx.conf'), around)
  return [programs.nginx!, '-c', join(directory, 'nginx.conf'), '-p', directory]
}

function caddyAt({ directory, port, upstreams }: Place): string[] {
  const [file, there] =
    upstreams.length === 1
      ? ['Caddyfile', '127.0.0.1:8000']
      : ['nodes/Caddyfile', 'parley-1:8000 parley-2:8000 parley-3:8000']
  const ours = example(file, {
    [`${host} {`]: `https://${host}:${port} {\n\tbind 127.0.0.1\n\ttls internal`,
    [there]: upstreams.join(' '),
    // Caddy 2.6.2, as Debian 12 has it, knows it by its first name.
    ...(upstreams.length > 1 &&
      isOldCaddy() && { 'request_buffers 1MiB': 'buffer_requests\n\t\tmax_buffer_size 1MiB' }),
  })
  const global = `{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n`
  writeFileSync(join(directory, 'Caddyfile'), global + ours)
  return [programs.caddy!, 'run', '--adapter', 'caddyfile', '--config', join(directory, 'Caddyfile')]
}

const isOldCaddy = (): boolean =>
  Bun.semver.order(
    Bun.spawnSync([programs.caddy!, 'version']).stdout.toString().trim().split(' ')[0]!,
    '2.6.3',
  ) < 0

/** A file of deploy/ with what a machine of its own would have replaced; each must be there, or it was not tried. */
function example(name: string, replaced: Record<string, string>): string {
  let text = readFileSync(join(repository, 'deploy', name), 'utf8')
  for (const [there, here] of Object.entries(replaced)) {
    if (!text.includes(there)) throw new Error(`deploy/${name} has no "${there}"`)
    text = text.replaceAll(there, here)
  }
  return text
}

async function answers(port: number): Promise<boolean> {
  const probe = Bun.spawn(['curl', '-sk', ...toHost(port), `https://${host}:${port}/health`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return (await new Response(probe.stdout).text()).includes('ok')
}

export const toHost = (port: number): string[] => ['--resolve', `${host}:${port}:127.0.0.1`]
