import { forScripts, type Subcommand } from './command.ts'
import { runOperation } from './operation.ts'

export const seed: Subcommand = {
  usage: 'parley seed [--json]',
  about:
    'The first start creates them too. A default room that was deleted later comes back with this command.',
  options: { json: forScripts },
  run: ({ options }) => runOperation('seed', {}, { json: options.json === true, mayCreate: true }),
}
