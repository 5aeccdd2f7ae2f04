import { resolve } from 'node:path'
import { readConfig } from '../config.ts'
import type { Outcome } from '../operator/operation.ts'
import { cannotWrite } from '../reasons.ts'
import { forScripts, type Subcommand } from './command.ts'
import { requireCommunity } from './community.ts'
import { listenForInterrupt } from './interrupt.ts'
import { runOperation } from './operation.ts'
import { createTempFile } from './temp-file.ts'

export const backup: Subcommand = {
  usage: 'parley backup [<file>|-] [--force] [--without-keys] [--json]',
  about:
    'The server may run meanwhile: the file shows one moment. Without a name it is parley-<date>.backup, here; - is standard ' +
    'output. Messages stay encrypted in it. Where Parley made the keys itself (DATA_DIR/secrets.json) they are inside too, so ' +
    'keep it as safe as that directory; keys from ENCRYPTION_KEY never are, so keep those elsewhere. People log in again after a ' +
    'restore; API tokens and webhooks go on.',
  operands: ['[<file>]'],
  options: {
    force: 'replace the file if it is there',
    'without-keys': 'leave the keys out: without them no message of it can be read',
    json: forScripts,
  },
  examples: ['parley backup', 'parley backup - | ssh elsewhere "cat > parley.backup"'],
  async run({ words, options }) {
    const [file = `parley-${new Date().toISOString().slice(0, 10)}.backup`] = words
    requireCommunity(readConfig(process.env))
    const params = { withoutKeys: options['without-keys'] === true }
    const json = options.json === true
    if (file === '-') {
      return runOperation('backup', params, { write: writeOut, finish: sayAside(json), ownConnection: true })
    }
    const path = resolve(file)
    // From before there is a file on: whoever is stopped between the two would leave it behind.
    const { signal, release } = listenForInterrupt()
    const target = createTempFile(path, options.force === true)
    try {
      return await runOperation('backup', params, {
        json,
        ownConnection: true,
        interrupt: signal,
        write: async (piece) => target.write(piece),
        finish: async ({ lines, data }) => {
          target.keep()
          return { lines: [`wrote ${file}`, ...lines], data: { file: path, ...(data as object) } }
        },
      })
    } finally {
      target.discard()
      release()
    }
  },
}

function writeOut(piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(cannotWrite('Standard output', error))
    process.stdout.once('error', fail)
    process.stdout.write(piece, (error) => {
      if (error) return fail(error)
      process.stdout.off('error', fail)
      resolve()
    })
  })
}

/** Standard output has the backup. */
const sayAside = (json: boolean) => async (outcome: Outcome) => {
  const lines = json ? [JSON.stringify(outcome.data)] : outcome.lines
  process.stderr.write(`${lines.join('\n')}\n`)
  return undefined
}
