import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { freePort } from '../../src/bench/free-port.ts'
import { browserIsThere, launchBrowser, patient } from '../browser/support.ts'
import { repository } from '../support/child.ts'
import { compiledFile } from '../support/compiled.ts'
import { patienceMs } from '../support/patience.ts'
import { freshDatabase } from '../support/postgres.ts'
import { hasTmux, sitDown } from '../tui/terminal.ts'
import { stepsOf } from './steps.ts'

/*
 * docs/self-hosting.md, word by word: by somebody who has the file and an empty folder. Only the port and the address of
 * the Postgres server are others.
 */

const postgres = hasTmux && browserIsThere() ? await freshDatabase() : undefined

describe.skipIf(!postgres)('docs/self-hosting.md', () => {
  const steps = stepsOf('self-hosting.md')
  let folder = ''
  let url = ''
  let env: Record<string, string> = {}
  let server: Bun.Subprocess | undefined
  let browser: Browser
  let invite = ''

  beforeAll(async () => {
    const root = mkdtempSync(join(tmpdir(), 'parley-alone-'))
    folder = join(root, 'folder')
    mkdirSync(folder)
    mkdirSync(join(root, 'home'))
    for (const name of ['parley', 'parley.new']) cpSync(compiledFile(), join(folder, name))
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    env = { PATH: process.env.PATH ?? '', HOME: join(root, 'home'), PORT: String(port), PARLEY_URL: url }
    browser = await launchBrowser()
  })

  afterAll(async () => {
    await browser?.close()
    await stopServer()
    await postgres?.drop()
    rmSync(join(folder, '..'), { recursive: true, force: true })
  })

  async function stopServer(): Promise<void> {
    server?.kill('SIGTERM')
    expect(await server?.exited).toBe(server && 0)
    server = undefined
  }

  const here = (script: string): string =>
    script
      .replaceAll('http://127.0.0.1:8000', url)
      .replaceAll('postgres://parley:PASSWORD@127.0.0.1:5432/parley', postgres!.url)

  /** What one block exports the next ones have, as in a terminal that stays open. */
  const around = (script: string): string =>
    `set -euo pipefail; if [ -f ../exported ]; then . ../exported; fi; ${here(script)}\nexport -p > ../exported`

  async function shell(script: string): Promise<string> {
    const ran = Bun.spawn(['bash', '-c', around(script)], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, err] = await Promise.all([new Response(ran.stdout).text(), new Response(ran.stderr).text()])
    if ((await ran.exited) !== 0) throw new Error(`This ended with ${ran.exitCode}:\n${script}\n${out}${err}`)
    return out + err
  }

  /** The server has a terminal of its own. */
  async function serve(script: string): Promise<void> {
    await stopServer()
    const command = here(script).replace('./parley serve', 'exec ./parley serve')
    server = Bun.spawn(['bash', '-c', command], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] })
    const deadline = Date.now() + patienceMs
    while (
      !(await fetch(`${url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (Date.now() > deadline) throw new Error('The server was never ready')
      await Bun.sleep(50)
    }
  }

  async function atTerminal(script: string): Promise<void> {
    const terminal = sitDown({ command: ['bash', '-c'], words: [around(script)], cwd: folder, env })
    try {
      await terminal.sees('Is the harbour open?')
      terminal.say('Since six this morning.')
      while (!(await read()).includes('Since six this morning.')) await Bun.sleep(50)
      // Until its response is there too, who leaves is warned.
      await terminal.misses('morning. …')
      terminal.say('/quit')
      await terminal.sees('ended with 0')
    } finally {
      terminal.close()
    }
  }

  /** Runs the blocks under a heading, and answers what they printed. */
  async function follow(heading: string): Promise<string> {
    let said = ''
    for (const { way, script } of steps.filter((step) => step.heading === heading)) {
      if (way === 'after stopping') await stopServer()
      if (way === 'server') await serve(script)
      else if (way === 'terminal') await atTerminal(script)
      else if (way !== 'elsewhere') said += await shell(script)
    }
    followed.add(heading)
    return said
  }

  const followed = new Set<string>()
  const file = (name: string) => join(folder, name)
  const history = ['Is the harbour open?', 'Since six this morning.', 'The ferry leaves at six.']

  /** What ada reads, over REST. */
  async function read(): Promise<string[]> {
    const token = (await shell(`./parley token ada | cut -d ' ' -f 2`)).trim()
    const response = await fetch(`${url}/rooms/general/messages`, {
      headers: { authorization: `Bearer ${token}` },
    })
    if (!response.ok) throw new Error(await response.text())
    const { items } = (await response.json()) as { items: { content: string }[] }
    return items.map(({ content }) => content)
  }

  test('the file runs', async () => {
    const { version } = await Bun.file(join(repository, 'package.json')).json()
    expect(await follow('Running Parley yourself')).toStartWith(`parley ${version} `)
  })

  test('serves', async () => {
    await follow('Serve')
    expect(existsSync(file('data/secrets.json'))).toBe(true)
  })

  test('makes an administrator and a room', async () => {
    const said = await follow('An administrator')
    expect(said).toMatch(/created administrator ada\npassword: \S+\n/)
    expect(said).toContain('harbour')
  })

  test('invites', async () => {
    const { code } = JSON.parse(await follow('Invite people'))
    expect(code).toBeString()
    const stranger = { username: 'dan', email: 'dan@example.org', password: 'nobody asked me in' }
    const headers = { 'content-type': 'application/json' }
    const asked = await fetch(`${url}/auth/signup`, {
      method: 'POST',
      headers,
      body: JSON.stringify(stranger),
    })
    expect(asked.status).toBe(403)
    invite = `${url}/#invite=${code}`
  })

  test('talks from a browser, a terminal and a script', async () => {
    const page = await (await patient(browser)).newPage()
    await page.goto(invite)
    await page.locator('[name=username]').fill('ben')
    await page.locator('[name=email]').fill('ben@example.org')
    await page.locator('[name=password]').fill('the tide turns at four')
    await page.locator('form [type=submit]').click()
    // The invite leads into its room at once.
    const box = page.getByRole('textbox', { name: /^Message/ })
    await box.waitFor()
    await page.goto(`${url}/#room=general`)
    await box.fill(history[0]!)
    await box.press('Enter')
    await page.locator('.words', { hasText: history[0]! }).waitFor()

    const said = await follow('Talk')
    await page.locator('.words', { hasText: history[1]! }).waitFor()
    await page.locator('.words', { hasText: history[2]! }).waitFor()
    for (const line of history) expect(said).toContain(`"content":"${line}"`)
    expect(said).toMatch(/parley_\S{20,}/)
    await page.close()
  })

  test('backs up, and restores next to it', async () => {
    const said = await follow('Back up')
    expect(statSync(file('community.backup')).mode & 0o777).toBe(0o600)
    expect(said).toMatch(/restored \d+ users, \d+ rooms and 3 messages/)
    expect(said).toMatch(/^ada\tadmin$/m)
    expect(said).toMatch(/^ben\tuser$/m)
  })

  test('erases a person', async () => {
    expect(await follow('Erase a person')).toContain('erased the account of dan; their messages stay\n')
  })

  test('changes the key while it runs', async () => {
    const before = readFileSync(file('data/secrets.json'), 'utf8')
    const said = await follow('Change the key')
    expect(said).toContain('Removed from secrets.json')
    expect(said).toMatch(/current\t[1-9]\d* texts/)
    expect(readFileSync(file('data/secrets.json'), 'utf8')).not.toBe(before)
    expect(await read()).toEqual(history)
  })

  test('makes the index of searches again', async () => {
    await follow('Search')
  })

  test('is upgraded', async () => {
    await follow('Upgrade')
    expect(existsSync(file('parley.new'))).toBe(false)
    expect(await read()).toEqual(history)
  })

  test('moves to Postgres, and changes the key there', async () => {
    const said = await follow('Move to Postgres')
    expect(statSync(file('parley.env')).mode & 0o777).toBe(0o600)
    expect(said).toMatch(/restored \d+ users, \d+ rooms and 3 messages/)
    expect(said).toContain('remove the old key from ENCRYPTION_KEY')
    expect(await read()).toEqual(history)
  })

  test('is watched', async () => {
    const said = await follow('Watch it')
    expect(said).toStartWith('ready\n')
    // Counts of what has not happened yet have no line, but a type.
    const metrics = await (await fetch(`${url}/metrics`)).text()
    for (const [, name] of readFileSync(join(repository, 'docs/self-hosting.md'), 'utf8').matchAll(
      /`(parley_\w+)`/g,
    )) {
      expect(metrics).toContain(`# TYPE ${name} `)
    }
  })

  test('has no command that is not tried here, except for services, containers, workers and other machines', async () => {
    await follow('Open it to others')
    expect(new Set(steps.map(({ heading }) => heading))).toEqual(followed)
    const untried = steps.filter(({ way }) => way === 'elsewhere').map(({ script }) => script.split(' ')[0])
    expect(untried).toEqual(['for', './parley', 'sudo', 'cp'])
  })

  test('leads nowhere that is not there', () => {
    const text = readFileSync(join(repository, 'docs/self-hosting.md'), 'utf8')
    const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => join(repository, 'docs', path!))
    expect(links.length).toBeGreaterThan(5)
    expect(links.filter((path) => !existsSync(path))).toEqual([])
  })
})
