import { forScripts, type Subcommand } from './command.ts'
import { runOperation } from './operation.ts'

export const token: Subcommand = {
  usage: 'parley token [--create] [--json] <username>…',
  about: 'Prints "username token", one line for each user.',
  operands: ['<username>…'],
  options: { create: 'create users that do not exist', json: forScripts },
  examples: ['parley token ada', 'PARLEY_TOKEN=$(parley token ada | cut -d" " -f2) parley chat --follow'],
  run: ({ words, options }) =>
    runOperation(
      'token',
      { usernames: words, create: options.create === true },
      { json: options.json === true, mayCreate: options.create === true },
    ),
}
