import type { Verified } from '../operator/verify.ts'
import { forScripts, type Subcommand } from './command.ts'
import { runOperation } from './operation.ts'

export const verify: Subcommand = {
  usage: 'parley verify [--json]',
  about:
    'Reads the log of every room and finds what somebody changed in the database: entries that are missing, changed or moved, ' +
    'edits put back, deletions undone, texts that do not decrypt, and read marks behind the end of a log. The server may keep ' +
    'running. Ends with 1 if anything was found.',
  options: { json: forScripts },
  async run({ options }) {
    let ok = true
    const code = await runOperation(
      'verify',
      {},
      {
        json: options.json === true,
        ownConnection: true,
        async finish(outcome) {
          ok = (outcome.data as Verified).ok
          return outcome
        },
      },
    )
    return ok ? code : 1
  },
}
