import { type Family, forScripts } from './command.ts'
import { runOperation } from './operation.ts'

export const search: Family = {
  actions: {
    rebuild: {
      summary: 'Make the index of searches again from the messages',
      usage: 'parley search rebuild [--json]',
      about:
        'The server does so by itself after a restore, and a rotation of keys does it too. It is of use if messages are not found that are there. ' +
        'The server may keep running, and people may search meanwhile. You can stop it at any moment: the server continues.',
      options: { json: forScripts },
      run: ({ options }) =>
        runOperation('search.rebuild', {}, { json: options.json === true, ownConnection: true }),
    },
  },
}
