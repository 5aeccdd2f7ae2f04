import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Engine, firstIn, keyActs, type Tab } from './engine.ts'

const binary = process.env.FIREFOX ?? '/usr/bin/firefox-esr'

/** Nothing that asks the outside world, or a person. */
const preferences = `
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,#");
user_pref("intl.accept_languages", "en-US");
`

type Reply = { id?: number; type: string; result?: unknown; message?: string }
type Called = { type: string; result?: { value?: string }; exceptionDetails?: { text: string } }

/** Firefox, by WebDriver BiDi: without a window, and without geckodriver, which Debian does not have. */
export const firefox: Engine = { name: 'Firefox', needs: [binary], open }

async function open(): Promise<Tab> {
  const profile = await mkdtemp(join(tmpdir(), 'parley-firefox-'))
  await writeFile(join(profile, 'user.js'), preferences)
  const browser = Bun.spawn(
    [binary, '--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'],
    {
      stdout: 'ignore',
      stderr: 'pipe',
      env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' },
    },
  )
  const [, url] = await firstIn(browser.stderr, /BiDi listening on (ws:\S+)/, 'Firefox')
  const socket = new WebSocket(`${url}/session`)
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  socket.addEventListener('message', ({ data }) => {
    const { id, type, result, message } = JSON.parse(String(data)) as Reply
    const asked = waiting.get(id ?? -1)
    if (type === 'error') asked?.reject(new Error(message))
    else asked?.resolve(result)
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  let last = 0
  const ask = <Result>(method: string, params: object = {}): Promise<Result> => {
    const reply = Promise.withResolvers<unknown>()
    waiting.set(++last, reply)
    socket.send(JSON.stringify({ id: last, method, params }))
    return reply.promise as Promise<Result>
  }
  await ask('session.new', { capabilities: {} })
  // The window that it begins with has no focus, so that a key presses no button in it.
  const { context } = await ask<{ context: string }>('browsingContext.create', { type: 'window' })
  return {
    go: (address) => ask('browsingContext.navigate', { context, url: address, wait: 'complete' }),
    async run<Result>(body: string) {
      const called = await ask<Called>('script.callFunction', {
        // As text, because BiDi has a form of its own for values.
        functionDeclaration: `async () => JSON.stringify(await (async () => {${body}})())`,
        awaitPromise: true,
        target: { context },
      })
      if (called.type !== 'success') throw new Error(called.exceptionDetails?.text)
      const { value } = called.result!
      return (value === undefined ? undefined : JSON.parse(value)) as Result
    },
    press: (...pressed) => ask('input.performActions', { context, actions: keyActs(pressed) }),
    async close() {
      socket.close()
      browser.kill('SIGTERM')
      await browser.exited
      await rm(profile, { recursive: true, force: true })
    },
  }
}
