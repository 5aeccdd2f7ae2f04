import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core'
import { patienceMs } from '../support/patience.ts'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Whether these tests can run. Where nobody would read a warning, in CI, a missing browser is a failure. */
export function browserIsThere(): boolean {
  if (existsSync(executablePath)) return true
  if (process.env.CI === 'true') throw new Error(`No Chromium at ${executablePath}; set CHROMIUM to its path`)
  console.warn(
    `\nSKIPPED: no Chromium at ${executablePath}, the page was not tried. Set CHROMIUM to its path.\n`,
  )
  return false
}

/** Chromium without its windows, menus and notifications: the same engine for half the CPU time. */
const headlessShell = '/usr/bin/chromium-headless-shell'
const cheapest = process.env.CHROMIUM || !existsSync(headlessShell) ? executablePath : headlessShell

export const launchBrowser = (...more: string[]): Promise<Browser> => launch(cheapest, more)

/** For what only the whole browser has: notifications, and the permission to show them. */
export const launchWholeBrowser = (): Promise<Browser> => launch(executablePath, [])

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const launch = (path: string, more: string[]): Promise<Browser> =>
  chromium.launch({ executablePath: path, args: [...args, ...more] })

const phoneLook = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

export const phone = (browser: Browser): Promise<BrowserContext> => patient(browser, phoneLook)

/**
 * A phone that is a whole browser with its own directory: the desktop's clicks on notifications reach no other kind of context.
 */
export async function launchPhone(environment: Record<string, string>): Promise<BrowserContext> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-phone-'))
  const context = await chromium.launchPersistentContext(directory, {
    executablePath,
    args,
    env: { ...(process.env as Record<string, string>), ...environment },
    ...phoneLook,
  })
  context.setDefaultTimeout(patienceMs)
  context.on('close', () => void rm(directory, { recursive: true, force: true }))
  return context
}

export const desk = (browser: Browser): Promise<BrowserContext> =>
  patient(browser, { viewport: { width: 1440, height: 900 } })

/** A context whose pages wait for a fact as long as every other test does. */
export async function patient(browser: Browser, look: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext(look)
  context.setDefaultTimeout(patienceMs)
  return context
}

export type RunningServer = {
  url: string
  /** Everything it has written to stdout so far. */
  said(): string
  stop(): Promise<void>
}

/** A server as an operator starts it: a process of its own, on a free port, with an empty directory. */
export async function startServer(settings: Record<string, string> = {}): Promise<RunningServer> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-browser-'))
  const server = Bun.spawn([process.execPath, 'src/main.ts', 'serve'], {
    cwd: join(import.meta.dir, '../..'),
    env: { ...process.env, HOST: '127.0.0.1', PORT: '0', DATA_DIR: directory, DATABASE_URL: '', ...settings },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const said = { out: '', err: '' }
  const url = firstUrl(server.stdout, said)
  void collect(server.stderr, (text) => {
    said.err += text
  })
  const died = server.exited.then((code) => {
    throw new Error(`The server ended with ${code} before it wrote its address:\n${said.out}${said.err}`)
  })
  const stop = async () => {
    server.kill('SIGTERM')
    await server.exited
    await rm(directory, { recursive: true, force: true })
  }
  died.catch(() => {})
  try {
    return { url: await Promise.race([url, died]), said: () => said.out, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function firstUrl(stream: ReadableStream<Uint8Array>, said: { out: string }): Promise<string> {
  return new Promise((resolve) => {
    void collect(stream, (text) => {
      said.out += text
      const found = /https?:\/\/127\.0\.0\.1:\d+/.exec(said.out)
      if (found) resolve(found[0])
    })
  })
}

/** Reads to the end: a pipe that nobody empties stops its writer. */
async function collect(stream: ReadableStream<Uint8Array>, hear: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  for await (const bytes of stream) hear(decoder.decode(bytes, { stream: true }))
}
