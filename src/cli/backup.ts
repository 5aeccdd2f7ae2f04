import { resolve } from 'node:path'
import { readConfig } from '../config.ts'
import type { Outcome } from '../operator/operation.ts'
import { cannotWrite } from '../reasons.ts'
import { forScripts, type Subcommand } from './command.ts'
import { requireCommunity } from './community.ts'
import { listenForInterrupt } from './interrupt.ts'
import { runOperation } from './operation.ts'
import { jsonText, tell } from './print.ts'
import { createTempFile } from './temp-file.ts'

export const backup: Subcommand = {
  usage: 'parley backup [<file>|-] [--force] [--without-keys] [--json]',
  about:
    'The server may keep running: the file shows one moment. The default name is parley-<date>.backup in the current directory; ' +
    '- writes to standard output. Messages stay encrypted in the file. If Parley made the keys itself (DATA_DIR/secrets.json), ' +
    'they are in the file too, so keep it as safe as that directory. Keys from ENCRYPTION_KEY are never in it, so keep those ' +
    'elsewhere. After a restore people log in again; API tokens and webhooks keep working.',
  operands: ['[<file>]'],
  options: {
    force: 'replace the file if it exists',
    'without-keys': 'leave the keys out: without them nobody can read the messages',
    json: forScripts,
  },
  examples: ['parley backup', 'parley backup - | ssh elsewhere "cat > parley.backup"'],
  async run({ words, options }) {
    const [file = `parley-${new Date().toISOString().slice(0, 10)}.backup`] = words
    requireCommunity(readConfig(process.env))
    const params = { withoutKeys: options['without-keys'] === true }
    const json = options.json === true
    if (file === '-') {
      return runOperation('backup', params, {
        write: writeOut,
        finish: printToStderr(json),
        ownConnection: true,
      })
    }
    const path = resolve(file)
    // Listen before creating the file, or an interrupt between the two would leave it behind.
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

/** The summary goes to standard error, because the backup is on standard output. */
const printToStderr = (json: boolean) => async (outcome: Outcome) => {
  if (json) tell(jsonText(outcome.data))
  else for (const line of outcome.lines) tell(line)
  return undefined
}
