import { makeKey } from '../crypto/keyring.ts'
import { type Family, forScripts } from './command.ts'
import { runOperation } from './operation.ts'
import { print } from './print.ts'

// On a connection of its own: with a database server this process does the work, so that no node is slowed down.
export const keys: Family = {
  actions: {
    rotate: {
      summary: 'Encrypt every message again with the current key',
      usage: 'parley keys rotate [--json]',
      about:
        'The server may keep running. If Parley made the keys itself (DATA_DIR/secrets.json), this makes a new key first and ' +
        'removes the old one at the end. With ENCRYPTION_KEY, put a new key before the old one and start every node with ' +
        'both; this command then says when you can remove the old one. You can stop it at any moment and run it again: it ' +
        'continues. An earlier backup without keys still needs the old key.',
      options: { json: forScripts },
      run: ({ options }) =>
        runOperation('keys.rotate', {}, { json: options.json === true, ownConnection: true }),
    },
    list: {
      summary: 'Show the id of each key and how many texts are sealed with it',
      usage: 'parley keys list [--json]',
      options: { json: forScripts },
      run: ({ options }) =>
        runOperation('keys.list', {}, { json: options.json === true, ownConnection: true }),
    },
    new: {
      summary: 'Print a new key in the form that ENCRYPTION_KEY takes',
      usage: 'parley keys new',
      examples: ['ENCRYPTION_KEY="$(parley keys new),$ENCRYPTION_KEY" parley serve'],
      async run() {
        await print([makeKey()])
        return 0
      },
    },
  },
}
