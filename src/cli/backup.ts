import { resolve } from 'node:path'
import { noteBackup } from '../archive/last-backup.ts'
import { type Config, readConfig } from '../config.ts'
import type { Outcome } from '../operator/operation.ts'
import { cannotWrite } from '../reasons.ts'
import { type Arguments, forScripts, type Subcommand, textOption, UsageError } from './command.ts'
import { requireCommunity } from './community.ts'
import { listenForInterrupt } from './interrupt.ts'
import { deleteOlderBackups, howManyToKeep, newBackupIn } from './kept-backups.ts'
import { runOperation } from './operation.ts'
import { jsonText, tell } from './print.ts'
import { createTempFile } from './temp-file.ts'

export const backup: Subcommand = {
  usage:
    'parley backup [<file>|-] [--force] [--without-keys] [--json]\n' +
    'parley backup --into <directory> [--keep <number>] [--without-keys] [--json]',
  about:
    'The server may keep running: the file shows one moment. The default name is parley-<date>.backup in the current directory; ' +
    '- writes to standard output. Messages stay encrypted in the file. If Parley made the keys itself (DATA_DIR/secrets.json), ' +
    'they are in the file too, so keep it as safe as that directory. Keys from ENCRYPTION_KEY are never in it, so keep those ' +
    'elsewhere. After a restore people log in again; API tokens and webhooks keep working.',
  operands: ['[<file>]'],
  options: {
    into: '<directory> for a file with the time in its name: for a timer',
    keep: '<number> of backups to keep in that directory: older ones are deleted after the new one is complete',
    force: 'replace the file if it exists',
    'without-keys': 'leave the keys out: without them nobody can read the messages',
    json: forScripts,
  },
  examples: [
    'parley backup',
    'parley backup - | ssh elsewhere "cat > parley.backup"',
    'parley backup --into /var/backups/parley --keep 14',
  ],
  async run(args) {
    const { words, options } = args
    const begun = new Date()
    const into = directoryIn(args)
    const [
      file = into ? newBackupIn(into.directory, begun) : `parley-${begun.toISOString().slice(0, 10)}.backup`,
    ] = words
    const config = readConfig(process.env)
    requireCommunity(config)
    const params = { withoutKeys: options['without-keys'] === true }
    const json = options.json === true
    if (file === '-') {
      return runOperation('backup', params, {
        write: writeOut,
        finish: async (outcome) => {
          note(config, begun)
          return printToStderr(json)(outcome)
        },
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
          note(config, begun)
          const deleted = into?.keep === undefined ? [] : deleteOlderBackups(into.directory, into.keep)
          return {
            lines: [`wrote ${file}`, ...lines, ...deleted.map((name) => `deleted ${name}`)],
            data: { file: path, ...(data as object), ...(into && { deleted }) },
          }
        },
      })
    } finally {
      target.discard()
      release()
    }
  },
}

function directoryIn(args: Arguments): { directory: string; keep?: number } | undefined {
  const [directory, keep] = [textOption(args, 'into'), textOption(args, 'keep')]
  if (directory === undefined) {
    if (keep !== undefined) throw new UsageError('--keep needs --into.')
    return undefined
  }
  if (args.words.length > 0) throw new UsageError('Name a file or --into, not both.')
  if (args.options.force) throw new UsageError('--force is for a file, not for --into.')
  return { directory, ...(keep !== undefined && { keep: howManyToKeep(keep) }) }
}

/** A backup is good even if DATA_DIR cannot be written, as for a user who may only read it. */
function note({ dataDir }: Config, at: Date): void {
  try {
    noteBackup(dataDir, at)
  } catch (error) {
    const { message } = cannotWrite(dataDir, error as Error)
    tell(`parley: ${message} The metric parley_last_backup_timestamp_seconds does not show this backup.`)
  }
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
