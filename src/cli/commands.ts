import { type Family, type Subcommand, UsageError } from './command.ts'
import { didYouMean } from './nearest.ts'

type Entry = { summary: string; load(): Promise<Subcommand | Family> }

/** Each is loaded on first use: `parley version` must not wait for a whole server. */
export const commands: Record<string, Entry> = {
  serve: { summary: 'Run the server', load: async () => (await import('./serve.ts')).serve },
  chat: {
    summary: 'Chat in the terminal; in a script, send lines and print messages',
    load: async () => (await import('./chat.ts')).chat,
  },
  user: {
    summary: 'Create, list, ban and erase accounts, and set roles and passwords',
    load: async () => (await import('./user.ts')).user,
  },
  bot: {
    summary: 'Create and list bots, and create and revoke their tokens',
    load: async () => (await import('./bot.ts')).bot,
  },
  room: {
    summary: 'Create, list and delete rooms',
    load: async () => (await import('./room.ts')).room,
  },
  token: {
    summary: 'Print a token for each user, valid for a day, for tools and tests',
    load: async () => (await import('./token.ts')).token,
  },
  seed: {
    summary: 'Create the default rooms that are missing',
    load: async () => (await import('./seed.ts')).seed,
  },
  backup: {
    summary: 'Write the whole community to one file, while the server runs',
    load: async () => (await import('./backup.ts')).backup,
  },
  restore: {
    summary: 'Load a backup into the database',
    load: async () => (await import('./restore.ts')).restoreCommand,
  },
  verify: {
    summary: 'Check that the database holds what was written',
    load: async () => (await import('./verify.ts')).verify,
  },
  search: {
    summary: 'Make the index of searches again, while the server runs',
    load: async () => (await import('./search.ts')).search,
  },
  keys: {
    summary: 'Change the key that encrypts messages, while the server runs',
    load: async () => (await import('./keys.ts')).keys,
  },
  migrate: {
    summary: 'Migrate the database to this version (serve does so too)',
    load: async () => (await import('./migrate.ts')).migrateCommand,
  },
  config: {
    summary: 'Print every setting with its value, source and meaning',
    load: async () => (await import('./config.ts')).config,
  },
  health: {
    summary: 'Ask whether the server is ready',
    load: async () => (await import('./health.ts')).health,
  },
  bench: {
    summary: 'Start servers here, measure them, and check that no message was lost',
    load: async () => (await import('./bench.ts')).bench,
  },
  version: {
    summary: 'Print the version',
    load: async () => (await import('./version.ts')).version,
  },
}

export type Found = {
  /** The words that named it: ['user', 'role']. */
  names: string[]
  summary: string
  command: Subcommand | Family
  rest: string[]
}

/** The command that the first words name, or the family if no action follows. */
export async function findCommand(words: readonly string[]): Promise<Found> {
  const [name = '', ...rest] = words
  const entry = entryOf(commands, name)
  if (!entry) throw new UsageError(`There is no command "${name}".${didYouMean(name, Object.keys(commands))}`)
  const { summary } = entry
  const command = await entry.load()
  const [action] = rest
  if (!('actions' in command) || action === undefined || action.startsWith('-')) {
    return { names: [name], summary, command, rest }
  }
  const found = entryOf(command.actions, action)
  if (!found) {
    const near = didYouMean(action, Object.keys(command.actions))
    throw new UsageError(`There is no "parley ${name} ${action}".${near}`, `parley help ${name}`)
  }
  return { names: [name, action], summary: found.summary, command: found, rest: rest.slice(1) }
}

const entryOf = <Value>(table: Record<string, Value>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined
