import { linesOf } from './lines.ts'

/** A child process that we talk to in lines of JSON. It ends when its input ends. */
export type Helper = {
  pid: number
  tell(what: unknown): void
  /** Its next line. If there is none, rejects with its error output. */
  hear<Answer>(): Promise<Answer>
  stop(): Promise<void>
  /** Resolves when it has ended by itself. */
  ended(): Promise<void>
}

export type Server = {
  pid: number
  url: string
  stop(): Promise<void>
  signal(signal: NodeJS.Signals): void
  exited: Promise<number>
}

/** Another program than this one, such as Postgres. */
export type Program = Pick<Server, 'pid' | 'signal' | 'exited'> & { said: Promise<string> }

type Child = { kill(signal: NodeJS.Signals): void; exited: Promise<number>; endWith?: NodeJS.Signals }

export type Processes = ReturnType<typeof createProcesses>

const stopPatienceMs = 10_000

/** Starts processes, and ends only those that it started. */
export function createProcesses(program: readonly string[], directory: string) {
  const running = new Set<Child>()
  let ended = false

  function spawn(words: readonly string[], env: Record<string, string>, own: readonly string[] = program) {
    if (ended) throw new Error('The bench has ended.')
    const child = Bun.spawn([...own, ...words], {
      cwd: directory,
      env: { PATH: process.env.PATH ?? '', NODE_ENV: process.env.NODE_ENV ?? 'production', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    running.add(child)
    const errorOutput = new Response(child.stderr).text()
    const exited = child.exited.finally(() => running.delete(child))
    return { child, errorOutput, exited, lines: linesOf(child.stdout) }
  }

  async function end({ child, exited }: ReturnType<typeof spawn>): Promise<void> {
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), stopPatienceMs)
    await exited
    clearTimeout(late)
  }

  return {
    /** Runs to the end and returns the output. */
    async run(words: readonly string[], env: Record<string, string>): Promise<string> {
      const { child, exited, lines, errorOutput } = spawn(words, env)
      child.stdin.end()
      const printed: string[] = []
      for await (const line of lines) printed.push(line)
      if ((await exited) !== 0) throw new Error(`parley ${words[0]} failed: ${await errorOutput}`)
      return printed.join('\n')
    },

    /** Runs to the end and says what that took. */
    async time(
      words: readonly string[],
      env: Record<string, string>,
    ): Promise<{ wallMs: number; cpuMs: number }> {
      const began = performance.now()
      const { child, exited, lines, errorOutput } = spawn(words, env)
      child.stdin.end()
      for await (const _ of lines);
      if ((await exited) !== 0) throw new Error(`parley ${words[0]} failed: ${await errorOutput}`)
      return {
        wallMs: performance.now() - began,
        cpuMs: Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1000,
      }
    },

    /** `heard` gets each line that it writes. */
    async serve(env: Record<string, string>, heard: (line: string) => void = () => {}): Promise<Server> {
      const server = spawn(['serve'], env)
      const address = Promise.withResolvers<string>()
      const read = async (): Promise<void> => {
        for await (const line of server.lines) {
          heard(line)
          const found = / is at (http\S+)/.exec(line)?.[1]
          if (found) address.resolve(found)
        }
        address.reject(new Error(`The server did not start: ${await server.errorOutput}`))
      }
      void read()
      const { child, exited } = server
      const signal = (name: NodeJS.Signals) => child.kill(name)
      return { pid: child.pid, url: await address.promise, stop: () => end(server), signal, exited }
    },

    /** Starts another program. At the end it gets the signal `endWith`. */
    launch(command: readonly string[], endWith: NodeJS.Signals): Program {
      const { child, exited, lines, errorOutput } = spawn(command, {}, [])
      Object.assign(child, { endWith })
      void (async () => {
        for await (const _ of lines);
      })()
      return { pid: child.pid, signal: (name) => child.kill(name), exited, said: errorOutput }
    },

    help(words: readonly string[], env: Record<string, string> = {}): Helper {
      const helper = spawn(words, env)
      const { child, lines, errorOutput } = helper
      return {
        pid: child.pid,
        tell(what) {
          child.stdin.write(`${JSON.stringify(what)}\n`)
          child.stdin.flush()
        },
        async hear<Answer>() {
          const { value, done } = await lines.next()
          if (done) throw new Error(`${words.join(' ')} ended: ${await errorOutput}`)
          return JSON.parse(value) as Answer
        },
        stop: () => end(helper),
        ended: async () => void (await helper.exited),
      }
    },

    /** Ends all running processes at once, and starts no others. */
    async endAll(): Promise<void> {
      ended = true
      const ending = [...running]
      for (const child of ending) child.kill(child.endWith ?? 'SIGKILL')
      await Promise.all(ending.map(({ exited }) => exited))
    },
  }
}
