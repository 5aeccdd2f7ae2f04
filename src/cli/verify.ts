import type { Verified } from '../operator/verify.ts'
import { forScripts, type Subcommand } from './command.ts'
import { runOperation } from './operation.ts'

export const verify: Subcommand = {
  usage: 'parley verify [--accept] [--json]',
  about:
    'Reads the log of every room and finds what somebody changed in the database: entries that are missing, changed or moved, ' +
    'edits put back, deletions undone, texts that do not decrypt, reactions and read marks that the log does not have, ends ' +
    'that were cut, an older state of the whole database, rows that are left of deleted rooms and accounts, and files that are ' +
    'missing, damaged or left over. The server may keep running. Ends with 1 if anything was found.',
  options: {
    accept: 'do not report any more what earlier starts noticed: you put the older database there',
    json: forScripts,
  },
  async run({ options }) {
    if (options.accept === true) return runOperation('verify.accept', {}, acceptance(options.json === true))
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

/** A running server keeps the anchor, so only it can change it. */
const acceptance = (json: boolean) => ({ json, affectsServerCache: true })
