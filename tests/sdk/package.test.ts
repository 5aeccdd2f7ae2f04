import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { version } from '../../package.json'
import { browserIsThere, launchBrowser } from '../browser/support.ts'
import { cast, makeRoom, passwordOf } from '../support/cast.ts'
import { type Project, startProject } from '../support/sdk.ts'
import { serverFor } from '../support/server.ts'

/** What a program of somebody else's does with the package: it signs in, talks, and reads what it said. */
const program = `
import { createClient, logIn } from '@parley/sdk'
export async function talk(url, room, password) {
  const { session } = await logIn({ url }, { username: 'ben', password })
  const client = createClient({ url, session })
  client.connect()
  await client.ready()
  const here = client.room(room)
  const messages = here.messages()
  await here.open()
  const { seq } = await here.send('hi')
  const { value } = await messages.next()
  client.close()
  return [value.seq === seq, value.content, value.author.username].join(' ')
}
`
const expected = 'true hi ben'

describe('the package', () => {
  let project: Project
  const server = serverFor({}, async (server) => {
    const people = await cast(server)
    return { room: await makeRoom(server, people.ben) }
  })
  const words = () => [server().server.url, server().room, passwordOf('ben')]

  beforeAll(async () => {
    project = await startProject()
    await project.write('talk.mjs', program)
    await project.write(
      'main.mjs',
      `import { talk } from './talk.mjs'\nconsole.log(await talk(...process.argv.slice(2)))`,
    )
  })
  afterAll(() => project?.remove())

  test('is one module with its types and our version, without dependencies', async () => {
    expect(readdirSync(project.sdk).sort()).toEqual([
      'README.md',
      'index.d.ts',
      'index.js',
      'package.json',
      'types',
    ])
    const manifest = await Bun.file(join(project.sdk, 'package.json')).json()
    expect(manifest).toMatchObject({ name: '@parley/sdk', version, type: 'module', sideEffects: false })
    expect(manifest.dependencies).toBeUndefined()
    const module = await Bun.file(join(project.sdk, 'index.js')).text()
    expect(module).not.toMatch(/^import|\bimport\(|\brequire\(/m)
    const paths = [...new Bun.Glob('**/*.d.ts').scanSync(project.sdk)]
    const types = await Promise.all(paths.map((path) => Bun.file(join(project.sdk, path)).text()))
    expect(types.join('\n')).not.toMatch(/typebox|\.ts'/)
  })

  test('is at most 25 KB compressed in the bundle of a page', async () => {
    const entry = await project.write('all.mjs', `export * from '@parley/sdk'`)
    const { outputs } = await Bun.build({ entrypoints: [entry], target: 'browser', minify: true })
    const size = Bun.gzipSync(await outputs[0]!.arrayBuffer()).byteLength
    console.log(`The SDK in a page: ${size} bytes compressed`)
    expect(size).toBeGreaterThan(5_000)
    expect(size).toBeLessThanOrEqual(25_000)
  })

  test('works in Bun', async () => {
    const { code, output } = await project.run([process.execPath, 'main.mjs', ...words()])
    expect([code, output.trim()]).toEqual([0, expected])
  })

  const node = Bun.which('node')
  if (!node) console.warn('\nSKIPPED: there is no Node here, the package was not tried in it.\n')
  describe.skipIf(!node)('in Node', () => {
    test('works with its own WebSocket', async () => {
      const { output: has } = await project.run([node!, '-p', 'typeof WebSocket'])
      const flags = has.trim() === 'undefined' ? ['--experimental-websocket', '--no-warnings'] : []
      const { code, output } = await project.run([node!, ...flags, 'main.mjs', ...words()])
      expect([code, output.trim()]).toEqual([0, expected])
    })

    test('says so when there is none, and does without it over HTTP', async () => {
      await project.write(
        'bare.mjs',
        `delete globalThis.WebSocket
        const { createClient, logIn } = await import('@parley/sdk')
        const [url, , password] = process.argv.slice(2)
        const { session } = await logIn({ url }, { username: 'ben', password })
        const client = createClient({ url, session })
        console.log((await client.rest('GET /users/me')).username)
        try { client.connect() } catch (error) { console.log(error.name, error.code) }`,
      )
      const { code, output } = await project.run([node!, 'bare.mjs', ...words()])
      expect([code, output.trim()]).toEqual([0, 'ben\nRequestError unsupported'])
    })
  })

  describe.skipIf(!browserIsThere())('in a browser', () => {
    test('works as a module, with a token, by tickets', async () => {
      const browser = await launchBrowser()
      try {
        const page = await browser.newPage()
        const sockets: string[] = []
        page.on('websocket', (socket) => sockets.push(socket.url()))
        const { url } = server().server
        const serve = (path: string, body: string) =>
          page.route(`${url}${path}`, (route) => route.fulfill({ contentType: 'text/javascript', body }))
        await serve('/sdk.js', await Bun.file(join(project.sdk, 'index.js')).text())
        await serve('/talk.js', program.replace('@parley/sdk', '/sdk.js'))
        await page.goto(`${url}/health`)
        const said = await page.evaluate(
          async ([path, ...words]) => (await import(path!)).talk(...words),
          ['/talk.js', ...words()],
        )
        expect(said).toBe(expected)
        expect(sockets).toHaveLength(1)
        expect(sockets[0]).toMatch(/\/ws\?ticket=/)
      } finally {
        await browser.close()
      }
    })
  })
})
