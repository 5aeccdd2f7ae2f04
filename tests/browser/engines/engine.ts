import { existsSync } from 'node:fs'

/** A tab of a browser that Playwright does not drive, in few words: scripts, and keys as a keyboard sends them. */
export type Tab = {
  go(url: string): Promise<void>
  /** Runs the body of a function in the page. */
  run<Result>(body: string): Promise<Result>
  /** Presses and releases each of these keys, one after the other. */
  press(...keys: string[]): Promise<void>
  close(): Promise<void>
}

export type Engine = {
  name: string
  /** Files without which it cannot run. `.ci/run` installs their packages. */
  needs: readonly string[]
  open(): Promise<Tab>
}

/** The keys that WebDriver names by private characters. */
export const keys = {
  enter: '\uE007',
  up: '\uE013',
  end: '\uE010',
  control: '\uE009',
  escape: '\uE00C',
} as const

/** What both protocols take as the acts of a keyboard. */
export const keyActs = (pressed: readonly string[]) => [
  {
    type: 'key',
    id: 'keyboard',
    actions: pressed.flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]),
  },
]

/** Whether the tests of it can run. It is not part of every machine, so that its absence is no failure. */
export function isThere({ name, needs }: Engine): boolean {
  const missing = needs.filter((path) => !existsSync(path))
  if (missing.length === 0) return true
  console.warn(`\nSKIPPED: the page was not tried in ${name}: there is no ${missing.join(', ')}.\n`)
  return false
}

/** The first match in what a process writes, or its end. */
export async function firstIn(
  stream: ReadableStream<Uint8Array>,
  pattern: RegExp,
  name: string,
): Promise<RegExpExecArray> {
  const decoder = new TextDecoder()
  let said = ''
  const reader = stream.getReader()
  for (;;) {
    const { value, done } = await reader.read()
    if (done) throw new Error(`${name} ended:\n${said}`)
    said += decoder.decode(value, { stream: true })
    const found = pattern.exec(said)
    if (!found) continue
    // A pipe that nobody empties stops its writer.
    void (async () => {
      while (!(await reader.read()).done);
    })()
    return found
  }
}
