import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Glob } from 'bun'
import { waitFor } from '../../support/client.ts'
import { type Engine, firstIn, keyActs, type Tab } from './engine.ts'

const driver = '/usr/bin/WebKitWebDriver'
const display = '/usr/bin/Xvfb'
const [browser = '/usr/lib/webkit2gtk-4.1/MiniBrowser'] = [
  ...new Glob('*/webkit2gtk-4.1/MiniBrowser').scanSync({ cwd: '/usr/lib', absolute: true }),
]

/** WebKitGTK, whose engine is that of Safari, by WebDriver. It has no way without a display: Xvfb is one in memory. */
export const webkit: Engine = { name: 'WebKitGTK', needs: [driver, display, browser], open }

async function open(): Promise<Tab> {
  const home = await mkdtemp(join(tmpdir(), 'parley-webkit-'))
  const screen = Bun.spawn([display, '-displayfd', '1', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
    stdout: 'pipe',
    stderr: 'ignore',
  })
  const [number] = await firstIn(screen.stdout, /\d+(?=\n)/, 'Xvfb')
  const port = await freePort()
  const service = Bun.spawn([driver, '-p', String(port)], {
    stdout: 'ignore',
    stderr: 'ignore',
    env: { ...process.env, DISPLAY: `:${number}`, HOME: home, XDG_RUNTIME_DIR: home, LANG: 'C.UTF-8' },
  })
  const ask = async <Result>(method: string, path: string, body?: object): Promise<Result> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const { value } = (await response.json()) as { value: Result & { message?: string } }
    if (!response.ok) throw new Error(`${path}: ${value.message}`)
    return value
  }
  await waitFor('WebKitWebDriver', () =>
    ask('GET', '/status').then(
      () => true,
      () => false,
    ),
  )
  const options = { binary: browser, args: ['--automation'] }
  const { sessionId } = await ask<{ sessionId: string }>('POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
  })
  const session = `/session/${sessionId}`
  await ask('POST', `${session}/window/rect`, { x: 0, y: 0, width: 1440, height: 900 })
  return {
    go: (url) => ask('POST', `${session}/url`, { url }),
    async run<Result>(body: string) {
      const script = `const done = arguments[0]
        Promise.resolve((() => {${body}})()).then((value) => done({ value }), (error) => done({ error: String(error) }))`
      const reply = await ask<{ value?: Result; error?: string }>('POST', `${session}/execute/async`, {
        script,
        args: [],
      })
      if (reply.error) throw new Error(reply.error)
      return reply.value as Result
    },
    press: (...pressed) => ask('POST', `${session}/actions`, { actions: keyActs(pressed) }),
    async close() {
      await ask('DELETE', session)
      for (const each of [service, screen]) {
        each.kill('SIGTERM')
        await each.exited
      }
      await rm(home, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
