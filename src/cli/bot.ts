import { type Family, forScripts, textOptions } from './command.ts'
import { runOperation } from './operation.ts'

const json = { json: forScripts }
const ofToken = {
  scopes: '<list> of read, write, rooms, admin, separated by commas (read,write)',
  days: '<number> of days until it expires (365; 3650 at most)',
}

export const bot: Family = {
  actions: {
    create: {
      summary: 'Create a bot account and show its token once',
      about:
        'Nobody can log in as a bot. A program acts as the bot with its token, over REST and on the socket.',
      usage: 'parley bot create <username> [--name <text>] [--scopes read,write] [--days <number>] [--json]',
      operands: ['<username>'],
      options: { name: '<text> shown next to messages (the username)', ...ofToken, ...json },
      examples: [
        'parley bot create weather --name "The weather"',
        'parley bot create backup --scopes read --json | jq -r .token',
      ],
      run: (args) =>
        runOperation(
          'bot.create',
          { username: args.words[0]!, ...textOptions(args, 'name', 'scopes', 'days') },
          { json: args.options.json === true, mayCreate: true },
        ),
    },
    token: {
      summary: 'Create another token for a bot and show it once',
      usage: 'parley bot token <username> [--label <text>] [--scopes read,write] [--days <number>] [--json]',
      operands: ['<username>'],
      options: { label: '<text> that says what the token is for', ...ofToken, ...json },
      examples: ['parley bot token weather --label "The new machine"'],
      run: (args) =>
        runOperation(
          'bot.token',
          { username: args.words[0]!, ...textOptions(args, 'label', 'scopes', 'days') },
          { json: args.options.json === true },
        ),
    },
    list: {
      summary: 'List the bots with their tokens: id, label, scopes, last use, expiry',
      usage: 'parley bot list [--json]',
      options: json,
      examples: ['parley bot list'],
      run: ({ options }) => runOperation('bot.list', {}, { json: options.json === true }),
    },
    revoke: {
      summary: 'Revoke all tokens of a bot, or one of them, and close their sockets',
      usage: 'parley bot revoke <username> [--token <id>] [--json]',
      operands: ['<username>'],
      options: { token: '<id> from the list (all)', ...json },
      examples: ['parley bot revoke weather'],
      run: (args) =>
        runOperation(
          'bot.revoke',
          { username: args.words[0]!, ...textOptions(args, 'token') },
          { json: args.options.json === true, affectsServerCache: true },
        ),
    },
  },
}
