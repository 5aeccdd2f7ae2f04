import { join } from 'node:path'

export const repository = join(import.meta.dir, '../..')
const transpiled = join(repository, 'node_modules/.cache/transpiled')
export const fromSource = [process.execPath, join(repository, 'src/main.ts')]

/** For a bench, whose servers are for production: then each bundles and compresses the page, which costs as much as its start. */
export const withoutPage = { NODE_ENV: 'test' }

type Place = { command?: string[]; cwd?: string; env?: Record<string, string> }

export type Child = {
  url: string
  pid: number
  startedMs: number
  exited: Promise<number>
  /** Everything it wrote so far, on both streams. */
  said(): string
  signal(signal: NodeJS.Signals): void
}

/** A server of its own process that has written its address. Nothing of our environment reaches it but PATH. */
export async function startChild({
  command = fromSource,
  words = [],
  cwd,
  env = {},
}: Place & { words?: string[] }): Promise<Child> {
  const began = performance.now()
  const child = spawn([...command, 'serve', '--port', '0', ...words], { cwd, env })
  const address = Promise.withResolvers<string>()
  let said = ''
  const hear = (text: string) => {
    said += text
    const found = /is at (http\S+)/.exec(said)
    if (found) address.resolve(found[1]!)
  }
  const heard = Promise.all([collect(child.stdout, hear), collect(child.stderr, hear)])
  const exited = child.exited.then(async (code) => {
    await heard
    address.reject(new Error(`The server ended with ${code} before it wrote its address:\n${said}`))
    return code
  })
  const url = await address.promise
  return {
    url,
    pid: child.pid,
    startedMs: performance.now() - began,
    exited,
    said: () => said,
    signal: (signal) => child.kill(signal),
  }
}

/** Runs a subcommand to its end. */
export async function runChild(words: string[], { command = fromSource, cwd, env = {} }: Place) {
  const began = performance.now()
  const child = spawn([...command, ...words], { cwd, env })
  const output = { stdout: '', stderr: '' }
  await Promise.all([
    collect(child.stdout, (text) => {
      output.stdout += text
    }),
    collect(child.stderr, (text) => {
      output.stderr += text
    }),
  ])
  return { code: await child.exited, ...output, tookMs: performance.now() - began, pid: child.pid }
}

function spawn(command: string[], { cwd, env }: { cwd: string | undefined; env: Record<string, string> }) {
  return Bun.spawn(command, {
    cwd: cwd ?? repository,
    env: { PATH: process.env.PATH ?? '', ...engine(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/**
 * What `bun run test` sets for this process holds for those that it starts, and what Bun made of the source files of one, the next one
 * uses: a seventh of its start. The server sees none of it.
 */
function engine(): Record<string, string> {
  const names = ['BUN_JSC_useOMGJIT', 'MIMALLOC_PURGE_DELAY']
  const given = names.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { ...Object.fromEntries(given), BUN_RUNTIME_TRANSPILER_CACHE_PATH: transpiled }
}

/** Reads to the end: a pipe that nobody empties stops its writer. */
async function collect(stream: ReadableStream<Uint8Array>, hear: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  for await (const bytes of stream) hear(decoder.decode(bytes, { stream: true }))
}
