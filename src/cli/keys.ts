import { makeKey } from '../crypto/keyring.ts'
import { type Family, forScripts } from './command.ts'
import { runOperation } from './operation.ts'
import { print } from './print.ts'

// Apart: with a database server it must not be a node that does the work, which has the chat to see to.
export const keys: Family = {
  actions: {
    rotate: {
      summary: 'Encrypt every message again with the current key',
      usage: 'parley keys rotate [--json]',
      about:
        'The server may run meanwhile, and nobody notices. Where Parley made the keys itself (DATA_DIR/secrets.json) a new ' +
        'key is made first and the old one is dropped at the end. With ENCRYPTION_KEY, put a new key before the old one ' +
        'and start every node with both; afterwards this says when the old one can be taken out. It can be stopped at any ' +
        'moment: run again, it goes on. A backup without keys, made before, still needs the old key.',
      options: { json: forScripts },
      run: ({ options }) =>
        runOperation('keys.rotate', {}, { json: options.json === true, ownConnection: true }),
    },
    list: {
      summary: 'Show the id of each key and how many texts it has sealed',
      usage: 'parley keys list [--json]',
      options: { json: forScripts },
      run: ({ options }) =>
        runOperation('keys.list', {}, { json: options.json === true, ownConnection: true }),
    },
    new: {
      summary: 'Print a fresh key, as it is written in ENCRYPTION_KEY',
      usage: 'parley keys new',
      examples: ['ENCRYPTION_KEY="$(parley keys new),$ENCRYPTION_KEY" parley serve'],
      async run() {
        await print([makeKey()])
        return 0
      },
    },
  },
}
