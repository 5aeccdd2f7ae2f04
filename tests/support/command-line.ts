import { runCommandLine } from '../../src/cli/main.ts'
import { repository } from './child.ts'

type Place = { cwd?: string; env?: Record<string, string> }
export type Run = { code: number; stdout: string; stderr: string }

let last: Promise<unknown> = Promise.resolve()

/**
 * Runs a subcommand in this process, where it costs no start: with its own environment and directory, no terminal, and
 * one after another. `runChild` is for what only a process has: standard input, signals, its end.
 */
export function runCommand(words: string[], place: Place = {}): Promise<Run> {
  const run = last.then(() => runNow(words, place))
  last = run.catch(() => undefined)
  return run
}

/** A token of each of these people, who come into being if need be. */
export async function tokensFor(usernames: string[], place: Place): Promise<Map<string, string>> {
  const { code, stdout, stderr } = await runCommand(['token', '--create', ...usernames], place)
  if (code !== 0) throw new Error(`parley token ended with ${code}: ${stderr}`)
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  )
}

async function runNow(words: string[], { cwd = repository, env = {} }: Place): Promise<Run> {
  const before = { env: process.env, cwd: process.cwd() }
  const stdout = capture(process.stdout)
  const stderr = capture(process.stderr)
  process.env = { PATH: before.env.PATH ?? '', ...env }
  process.chdir(cwd)
  try {
    const code = await runCommandLine(words)
    return { code, stdout: stdout.text(), stderr: stderr.text() }
  } finally {
    process.chdir(before.cwd)
    process.env = before.env
    stdout.release()
    stderr.release()
  }
}

function capture(stream: NodeJS.WriteStream) {
  let said = ''
  const before = { write: stream.write, isTTY: stream.isTTY }
  stream.isTTY = false
  stream.write = (piece: string | Uint8Array, ...more: unknown[]) => {
    said += typeof piece === 'string' ? piece : Buffer.from(piece).toString()
    const written = more.find((each) => typeof each === 'function') as (() => void) | undefined
    if (written) queueMicrotask(written)
    return true
  }
  return { text: () => said, release: () => Object.assign(stream, before) }
}
