import { confirm } from './ask.ts'
import {
  choiceOption,
  chosen,
  type Family,
  forScripts,
  textOptions,
  timeOption,
  UsageError,
} from './command.ts'
import { runOperation } from './operation.ts'
import { passwordFrom } from './password.ts'

const json = { json: forScripts }
const roles = ['admin', 'user'] as const
const password = '<text> of 8 characters or more; "-" reads it from standard input'

export const user: Family = {
  actions: {
    create: {
      summary: 'Create an account',
      about:
        'Without --password, a random password is set and shown once. Without <username>, one is made from --email.',
      usage:
        'parley user create [<username>] [--password <text>] [--email <address>] [--name <text>] [--role admin|user] [--json]',
      operands: ['[<username>]'],
      options: {
        password,
        email: '<address> that also works for logging in; private',
        name: '<text> shown next to messages (the username)',
        role: '<admin|user> (user)',
        ...json,
      },
      examples: ['parley user create ada --role admin', 'parley user create ben --password - < password.txt'],
      async run(args) {
        const role = choiceOption(args, 'role', roles) ?? 'user'
        if (args.words.length === 0 && args.options.email === undefined)
          throw new UsageError('<username> is missing.')
        const password = await passwordFrom(args)
        const params = {
          ...(args.words[0] !== undefined && { username: args.words[0] }),
          role,
          ...textOptions(args, 'email', 'name'),
          ...(password !== undefined && { password }),
        }
        return runOperation('user.create', params, { json: args.options.json === true, mayCreate: true })
      },
    },
    list: {
      summary: 'List all accounts: username, role, and whether it is a bot or banned',
      usage: 'parley user list [--json]',
      options: json,
      examples: [
        'parley user list',
        'parley user list --json | jq -r \'.[] | select(.role == "admin").username\'',
      ],
      run: ({ options }) => runOperation('user.list', {}, { json: options.json === true }),
    },
    role: {
      summary: 'Make a user an administrator, or an ordinary user again',
      about: 'The last administrator cannot be made an ordinary user.',
      usage: 'parley user role <username> admin|user [--json]',
      operands: ['<username>', '<admin|user>'],
      options: json,
      examples: ['parley user role ben admin'],
      async run({ words: [username, role], options }) {
        const params = { username: username!, role: chosen('The role', role!, roles) }
        return runOperation('user.role', params, { json: options.json === true, affectsServerCache: true })
      },
    },
    ban: {
      summary: 'Ban a user: all their sessions and sockets end at once, and they cannot log in',
      about:
        'They see the reason and the end at the next sign-in. Of somebody who is banned, it changes the ban.',
      usage: 'parley user ban <username> [--reason <text>] [--until <time>] [--lift] [--json]',
      operands: ['<username>'],
      options: {
        reason: '<text> that the banned person will see',
        until: '<time> at which the ban ends by itself: 12h, 7d, 2026-12-24 or 2026-12-24T18:00:00Z (never)',
        lift: 'lift the ban',
        ...json,
      },
      examples: [
        'parley user ban dan',
        'parley user ban dan --reason "Advertising in every room" --until 7d',
        'parley user ban dan --lift',
      ],
      async run(args) {
        const { words, options } = args
        const until = timeOption(args, 'until')
        if (options.lift === true && (until !== undefined || options.reason !== undefined))
          throw new UsageError('--lift takes neither --reason nor --until.')
        const params = {
          username: words[0]!,
          lift: options.lift === true,
          ...textOptions(args, 'reason'),
          ...(until !== undefined && { until }),
        }
        return runOperation('user.ban', params, { json: options.json === true, affectsServerCache: true })
      },
    },
    password: {
      summary: 'Set a new password for a user and end all their sessions',
      about: 'Without --password, a random password is set and shown once.',
      usage: 'parley user password <username> [--password <text>] [--json]',
      operands: ['<username>'],
      options: { password, ...json },
      examples: ['parley user password ben', 'parley user password ben --password -'],
      async run(args) {
        const params = { username: args.words[0]!, password: await passwordFrom(args) }
        return runOperation('user.password', params, {
          json: args.options.json === true,
          affectsServerCache: true,
        })
      },
    },
    erase: {
      summary: 'Delete an account and what belongs to the person',
      about:
        'Their messages stay as those of a deleted user, unless you choose --messages delete. Asks first on a terminal. ' +
        'Nobody can have the username again. Backups that you made before still have the account.',
      usage: 'parley user erase <username> [--messages keep|delete] [--yes] [--json]',
      operands: ['<username>'],
      options: {
        messages: '<keep|delete> what happens to their messages (keep)',
        yes: 'do not ask',
        ...json,
      },
      examples: ['parley user erase dan', 'parley user erase dan --messages delete --yes'],
      async run(args) {
        const username = args.words[0]!
        const messages = choiceOption(args, 'messages', ['keep', 'delete']) ?? 'keep'
        const all = messages === 'delete' ? ' and all their messages' : ''
        if (!args.options.yes && !(await confirm(`Delete the account "${username}"${all}?`))) return 1
        return runOperation(
          'user.erase',
          { username, messages },
          { json: args.options.json === true, affectsServerCache: true },
        )
      },
    },
  },
}
