import { type Subcommand, textOption, UsageError } from './command.ts'
import { runOperation } from './operation.ts'

export const user: Subcommand = {
  usage:
    'parley user create <username> [--password <text>] [--email <address>] [--name <text>] [--role admin|user]\n       parley user list',
  summary: 'Make and list accounts',
  options: { password: '<text>', email: '<address>', name: '<text>', role: '<admin|user>' },
  async run(args) {
    const [action, username] = args.words
    if (action === 'list') return runOperation('user.list', {})
    if (action !== 'create' || username === undefined)
      throw new UsageError('Say what to do: create <username>, or list.')
    const role = textOption(args, 'role') ?? 'user'
    if (role !== 'admin' && role !== 'user') throw new UsageError('--role is admin or user.')
    const [password, email, displayName] = ['password', 'email', 'name'].map((name) => textOption(args, name))
    return runOperation('user.create', { username, role, password, email, displayName })
  },
}
