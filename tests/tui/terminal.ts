import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromSource, repository } from '../support/child.ts'
import { patienceMs } from '../support/patience.ts'

export const hasTmux = Bun.which('tmux') !== null
if (!hasTmux)
  console.error('\n!!! NO TMUX HERE: the tests of the terminal client were NOT RUN. Install tmux. !!!\n')

export type Terminal = {
  /** What the person sees, without the spaces at the ends of rows. */
  screen(): string
  /** The same with colours and all. */
  painted(): string
  /** Names of keys, as tmux knows them: Enter, PageUp, C-c. */
  press(...keys: string[]): void
  /** Again and again, until something is seen. */
  pressUntil(key: string, what: string): Promise<string>
  type(text: string): void
  paste(text: string): void
  /** Types a line and ends it. */
  say(line: string): void
  resize(columns: number, rows: number): void
  cursor(): { column: number; row: number }
  /** The title of the window, as a program may set it. */
  title(): string
  isFullScreen(): boolean
  sees(what: string | RegExp): Promise<string>
  misses(what: string | RegExp): Promise<string>
  close(): void
}

export type Seat = {
  words: string[]
  /** What the words are for, from source by default. */
  command?: string[]
  cwd?: string
  env?: Record<string, string>
  columns?: number
  rows?: number
}

const chat = [...fromSource, 'chat']

/** `parley chat` in a real terminal of its own. When it ends, the terminal says with which code. */
export function sitDown(seat: Seat): Terminal {
  const { words, command = chat, cwd = repository, env = {}, columns = 80, rows = 24 } = seat
  const home = mkdtempSync(join(tmpdir(), 'parley-tmux-'))
  const tmux = (...args: string[]): string => {
    const ran = Bun.spawnSync(['tmux', '-u', '-S', join(home, 'socket'), '-f', '/dev/null', ...args], {
      cwd,
      env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', TERM: 'xterm-256color', HOME: home },
    })
    if (ran.exitCode !== 0) throw new Error(`tmux ${args[0]}: ${ran.stderr}`)
    return ran.stdout.toString()
  }
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
  const settings = Object.entries(env).map(([name, value]) => quoted(`${name}=${value}`))
  const program = [...command, ...words].map(quoted).join(' ')
  const script = `env ${settings.join(' ')} ${program}; echo "ended with $?"; exec cat`
  tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), script)

  const screen = () =>
    tmux('capture-pane', '-p')
      .split('\n')
      .map((row) => row.trimEnd())
      .join('\n')
  const shows = (what: string | RegExp, on: string) =>
    typeof what === 'string' ? on.includes(what) : what.test(on)
  const until = async (what: string | RegExp, there: boolean) => {
    const deadline = performance.now() + patienceMs
    for (;;) {
      const now = screen()
      if (shows(what, now) === there) return now
      if (performance.now() > deadline)
        throw new Error(`${there ? 'Never seen' : 'Still there'}: ${what}\n${now}`)
      await Bun.sleep(25)
    }
  }
  const type = (text: string) => void tmux('send-keys', '-l', '--', text)
  const press = (...keys: string[]) => void tmux('send-keys', ...keys)

  return {
    screen,
    painted: () => tmux('capture-pane', '-p', '-e'),
    press,
    async pressUntil(key, what) {
      const deadline = performance.now() + patienceMs
      while (!screen().includes(what) && performance.now() < deadline) {
        press(key)
        await Bun.sleep(40)
      }
      return until(what, true)
    },
    type,
    paste(text) {
      tmux('set-buffer', '--', text)
      tmux('paste-buffer', '-p')
    },
    say(line) {
      type(line)
      press('Enter')
    },
    resize: (width, height) => void tmux('resize-window', '-x', String(width), '-y', String(height)),
    cursor() {
      const [column, row] = tmux('display-message', '-p', '#{cursor_x} #{cursor_y}').trim().split(' ')
      return { column: Number(column), row: Number(row) }
    },
    title: () => tmux('display-message', '-p', '#{pane_title} #{window_name}'),
    isFullScreen: () => tmux('display-message', '-p', '#{alternate_on}').trim() === '1',
    sees: (what) => until(what, true),
    misses: (what) => until(what, false),
    close() {
      tmux('kill-server')
      rmSync(home, { recursive: true, force: true })
    },
  }
}
