import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, repository, runChild, startChild } from './support/child.ts'

const nobody = 65_534
/** How much longer than promised a start may take on a machine that has something else to do. */
const busy = 2
const setpriv = process.getuid?.() === 0 ? Bun.which('setpriv') : null

describe('the compiled file, in an empty folder with an empty environment', () => {
  let root = ''
  let place: { command: string[]; cwd: string; env: Record<string, string> }
  let server: Child
  let token = ''

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'parley-compiled-'))
    const file = join(root, 'parley')
    const build = Bun.spawnSync([process.execPath, 'scripts/build.ts', `--outfile=${file}`], {
      cwd: repository,
    })
    if (build.exitCode !== 0) throw new Error(`The build failed: ${build.stderr.toString()}`)
    const home = mkdtempSync(join(root, 'home-'))
    chmodSync(root, 0o755)
    chmodSync(file, 0o755)
    // A server needs no power over the machine, so it is tried without any.
    if (setpriv) chownSync(home, nobody, nobody)
    const asNobody = setpriv ? [setpriv, `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] : []
    place = { command: [...asNobody, file], cwd: home, env: { HOME: home } }
    server = await startChild(place)
  }, 60_000)

  afterAll(async () => {
    server?.signal('SIGKILL')
    await server?.exited
    rmSync(root, { recursive: true, force: true })
  })

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}${path}`, { headers })
  const bearer = () => ({ authorization: `Bearer ${token}` })

  test('serves within 3 s the first time, and keeps everything in ./data', () => {
    expect(server.startedMs).toBeLessThan(3000 * busy)
    expect(readdirSync(place.cwd)).toEqual(['data'])
    expect(statSync(join(place.cwd, 'data')).mode & 0o777).toBe(0o700)
    expect(statSync(join(place.cwd, 'data', 'secrets.json')).mode & 0o777).toBe(0o600)
  })

  test('signs up, and knows the new user by the token', async () => {
    const response = await fetch(`${server.url}/auth/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        username: 'ben',
        email: 'ben@example.org',
        password: 'the tide turns at four',
      }),
    })
    expect(response.status).toBe(201)
    token = ((await response.json()) as { access_token: string }).access_token
    expect(await (await get('/users/me', bearer())).json()).toMatchObject({ username: 'ben' })
    expect((await get('/users/me')).status).toBe(401)
  })

  test('talks on a socket, in JSON and in plain text', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws/general?token=${token}`)
    const frames: { type: string; ref?: number; seq?: number; message?: { content: string } }[] = []
    await new Promise<void>((resolve, reject) => {
      socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`))
      socket.onmessage = ({ data }) => {
        const frame = JSON.parse(String(data)) as (typeof frames)[number]
        frames.push(frame)
        if (frame.type === 'room.ready') {
          socket.send(JSON.stringify({ type: 'message.send', ref: 1, content: 'Is the harbour open?' }))
          socket.send('Since six this morning.')
        }
        if (frames.filter(({ type }) => type === 'message.created').length === 2) resolve()
      }
    })
    socket.onclose = null
    socket.close()
    expect(frames.find(({ ref }) => ref === 1)?.type).toBe('reply')
    expect(frames.flatMap(({ message }) => message?.content ?? [])).toEqual([
      'Is the harbour open?',
      'Since six this morning.',
    ])
  })

  test('serves the page with its script and its style, under a strict policy', async () => {
    const page = await get('/')
    expect(page.headers.get('content-type')).toStartWith('text/html')
    const policy = page.headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'self'")
    expect(policy).not.toContain('unsafe')
    const html = await page.text()
    expect(html).not.toContain('http://')
    const assets = [...html.matchAll(/(?:src|href)="([^"]+\.(js|css))"/g)]
    expect(assets.map(([, , kind]) => kind).sort()).toEqual(['css', 'js'])
    for (const [, path, kind] of assets) {
      const asset = await get(new URL(path!, server.url).pathname)
      expect(asset.status).toBe(200)
      expect(asset.headers.get('content-type')).toStartWith(kind === 'js' ? 'text/javascript' : 'text/css')
      expect(asset.headers.get('cache-control')).toContain('immutable')
      expect((await asset.text()).length).toBeGreaterThan(1000)
    }
  })

  test('serves Swagger UI from its own files', async () => {
    const html = await (await get('/swagger')).text()
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!)
    expect(files).toEqual(['/swagger/ui.css', '/swagger/ui.js', '/swagger/init.js'])
    for (const path of files) expect((await get(path)).status).toBe(200)
    const described = (await (await get('/swagger/json')).json()) as { paths: Record<string, unknown> }
    expect(Object.keys(described.paths)).toContain('/rooms/{room}/messages')
  })

  test('has a command line that knows its version and its settings, and asks the running server', async () => {
    const { version } = (await Bun.file(join(repository, 'package.json')).json()) as { version: string }
    expect((await runChild(['version'], place)).stdout).toStartWith(`parley ${version} `)
    expect((await runChild(['config'], place)).stdout).toContain('DATA_DIR=')
    const { code, stdout } = await runChild(['token', '--create', 'cleo'], place)
    expect(code).toBe(0)
    const [name, cleos] = stdout.trim().split(' ')
    expect(name).toBe('cleo')
    expect((await get('/rooms', { authorization: `Bearer ${cleos}` })).status).toBe(200)
  })

  test('ends well at SIGTERM, is back within a second, and has everything', async () => {
    const startsMs: number[] = []
    for (let times = 0; times < 3; times++) {
      server.signal('SIGTERM')
      expect(await server.exited).toBe(0)
      server = await startChild(place)
      startsMs.push(server.startedMs)
    }
    expect(Math.min(...startsMs)).toBeLessThan(1000 * busy)
    const page = (await (await get('/rooms/general/messages', bearer())).json()) as {
      items: { content: string; author: { username: string } }[]
    }
    expect(page.items.map(({ content }) => content)).toEqual([
      'Is the harbour open?',
      'Since six this morning.',
    ])
  }, 30_000)
})
