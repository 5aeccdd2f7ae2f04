import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { browserIsThere, launchBrowser } from '../browser/support.ts'
import { cast, signUp } from '../support/cast.ts'
import { repository } from '../support/child.ts'
import { rest } from '../support/client.ts'
import { type Project, startProject, strict, typeCheck, typeRoots } from '../support/sdk.ts'
import { serverFor } from '../support/server.ts'

/*
 * Every example of docs/sdk.md is a program. One that uses `client` without making it goes on after the first example;
 * what stands after `// →` is what it prints, line by line.
 */

type Example = { heading: string; browser: boolean; code: string }

const guide = await Bun.file(join(repository, 'docs/sdk.md')).text()
const examples: Example[] = guide.split(/^## /m).flatMap((section) => {
  const heading = section.split('\n')[0]!
  return [...section.matchAll(/^```ts( browser)?\n([\s\S]*?)^```$/gm)].map(([, browser, code]) => ({
    heading,
    browser: browser !== undefined,
    code: code!,
  }))
})
const [first] = examples

const promised = (code: string) => [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => line!)

function program({ code }: Example, url: string): string {
  const usesClient = /\bclient\b/.test(code)
  const before = usesClient && !code.includes('createClient(') ? `${first!.code}\n` : ''
  const after = usesClient ? '\nclient.close()\n' : ''
  return `${before}${code}${after}`.replaceAll('https://chat.example', url)
}

test('the guide has examples, and they promise something', () => {
  expect(examples.length).toBeGreaterThan(12)
  expect(examples.flatMap(({ code }) => promised(code)).length).toBeGreaterThan(20)
})

describe('an example of the SDK guide', () => {
  let project: Project
  let files: string[]
  const server = serverFor({}, async (server) => {
    const { ben } = await cast(server)
    await rest(server, ben).put('/rooms/general/members/me', {})
    return { echo: await signUp(server, 'echo') }
  })
  beforeAll(async () => {
    project = await startProject()
    const { url } = server().server
    files = await Promise.all(
      examples.map((example, n) => project.write(`example-${n}.ts`, program(example, url))),
    )
  })
  afterAll(() => project?.remove())

  test('is right in its types', async () => {
    const options = { ...strict, module: 'NodeNext', moduleDetection: 'force', typeRoots, types: ['node'] }
    await project.write('package.json', JSON.stringify({ type: 'module' }))
    expect(await typeCheck(project, files, { ...options, lib: ['ESNext', 'DOM'] })).toBe('')
  })

  examples.forEach((example, n) => {
    if (example.browser) return
    test(`does what it says: ${example.heading} (${n + 1})`, async () => {
      const { code, output } = await project.run([process.execPath, files[n]!], {
        env: { PARLEY_TOKEN: server().echo.token },
        onOutput: (said, child) => {
          if (example.code.includes('SIGTERM') && said.includes(promised(example.code)[0]!))
            child.kill('SIGTERM')
        },
      })
      expect(output.split('\n').filter(Boolean)).toEqual(promised(example.code))
      expect(code).toBe(0)
    })
  })

  describe.skipIf(!browserIsThere())('in a browser', () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await launchBrowser()
    })
    afterAll(() => browser?.close())

    examples.forEach((example, n) => {
      if (!example.browser) return
      test(`does what it says: ${example.heading} (${n + 1})`, async () => {
        const { url } = server().server
        const page = await browser.newPage()
        const said: string[] = []
        page.on('console', (line) => said.push(line.text()))
        const module = new Bun.Transpiler({ loader: 'ts' })
          .transformSync(program(example, url))
          .replaceAll('"@parley/sdk"', '"/sdk.js"')
        const serve = (path: string, body: string) =>
          page.route(`${url}${path}`, (route) => route.fulfill({ contentType: 'text/javascript', body }))
        await serve('/example.js', module)
        await serve('/sdk.js', await Bun.file(join(project.sdk, 'index.js')).text())
        // The document itself has to be the server's: to one that was made up Chromium refuses a socket to this machine.
        await page.goto(`${url}/health`)
        await page.evaluate((path) => import(path), '/example.js')
        expect(said).toEqual(promised(example.code))
        await page.close()
      })
    })
  })
})
