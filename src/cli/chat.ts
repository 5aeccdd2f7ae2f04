import { homedir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '../sdk/client.ts'
import { stopSignals } from '../stop-signals.ts'
import { plainLine } from '../text/plain.ts'
import { Declined } from '../tui/ask.ts'
import { chat as chatOnScreen } from '../tui/chat.ts'
import { endingOf } from '../tui/error-text.ts'
import { chatInLines } from '../tui/line-mode.ts'
import { openSessionStore, type SessionStore } from '../tui/session-store.ts'
import { createStyle } from '../tui/style.ts'
import { type Arguments, type Subcommand, textOption, UsageError } from './command.ts'
import { tell } from './print.ts'

export const chat: Subcommand = {
  usage:
    'parley chat [--url <address>] [--user <name>] [--room <id>] [--remember]\n       … | parley chat --room <id>\n       parley chat --follow [--json] [--room <id>]',
  about:
    'Asks for your name and password; scripts set PARLEY_TOKEN instead. In a pipe, every input line is sent to --room.',
  options: {
    url: '<address> of the server (PARLEY_URL, or http://127.0.0.1:8000)',
    user: '<name> to log in with',
    room: '<id> to open first',
    remember: 'stay logged in: keep the session in a file that only you can read',
    follow: 'print new messages until stopped, without a screen',
    json: 'with --follow: print every event as a line of JSON',
  },
  examples: [
    'parley chat --url https://chat.example.org',
    'echo "The build is red" | parley chat --room general',
  ],
  async run(args) {
    const url = addressOf(textOption(args, 'url') ?? process.env.PARLEY_URL ?? 'http://127.0.0.1:8000')
    const [follow, json] = [args.options.follow === true, args.options.json === true]
    if (json && !follow) throw new UsageError('--json goes with --follow.')
    const hasTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
    if (hasTerminal && !follow && process.env.TERM !== 'dumb') return withScreen(args, url)
    return withoutScreen(args, url, { follow, json })
  },
}

async function withScreen(args: Arguments, url: string): Promise<number> {
  const terminal = { input: process.stdin, output: process.stdout }
  const sessions = sessionStoreFor(args, url)
  try {
    const { session, temporary, forget } = (await sessions.accepted()) ?? (await sessions.ask(terminal))
    const client = createClient({ url, session })
    const style = createStyle(!process.env.NO_COLOR)
    const host = new URL(url).host
    const why = await chatOnScreen({ client, terminal, style, host, room: textOption(args, 'room') })
    const { endedBecause } = client.state
    if (why === 'quit') {
      client.close()
      // Nobody can use this session again, so end it.
      if (temporary) await Promise.race([client.logOut().catch(() => {}), Bun.sleep(2_000)])
      return 0
    }
    forget()
    tell(endingOf(endedBecause))
    return endedBecause === 'signed_out' ? 0 : 1
  } catch (error) {
    if (error instanceof Declined) return 130
    throw error
  }
}

async function withoutScreen(
  args: Arguments,
  url: string,
  { follow, json }: { follow: boolean; json: boolean },
): Promise<number> {
  const room = textOption(args, 'room')
  const input = process.stdin.isTTY ? undefined : process.stdin
  if (!input && !follow) throw new UsageError('Pipe in lines to send, or use --follow to print new messages.')
  if (!follow && room === undefined) throw new UsageError('Say which room to send to: --room <id>.')
  const known = sessionStoreFor(args, url).known()
  if (!known)
    throw new UsageError('There is no terminal to ask on: set PARLEY_TOKEN, or log in once with --remember.')
  const client = createClient({ url, session: known.session })
  const stopped = new Promise((resolve) => {
    for (const name of stopSignals()) process.once(name, resolve)
    // The reader closed the pipe (`… | head`).
    process.stdout.on('error', resolve)
  })
  const code = await chatInLines({
    client,
    room,
    // Without --room we follow every room, and there is none to send to.
    input: room === undefined ? undefined : input,
    follow,
    json,
    print: (line) => void process.stdout.write(`${plainLine(line)}\n`),
    complain: (line) => tell(`parley: ${line}`),
    stopped,
  })
  client.close()
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  return code
}

function addressOf(text: string): string {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`"${text}" is not the address of a server.`)
  return url.origin
}

const sessionStoreFor = (args: Arguments, url: string): SessionStore =>
  openSessionStore({
    url,
    user: textOption(args, 'user'),
    token: process.env.PARLEY_TOKEN || undefined,
    directory: join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'parley'),
    remember: args.options.remember === true,
  })
