import { createReadStream, readFileSync } from 'node:fs'
import { openBackup, type Restored, restore } from '../archive/restore.ts'
import { checkSeal } from '../archive/unpack.ts'
import { readConfig } from '../config.ts'
import { type Key, parseKeyring } from '../crypto/keyring.ts'
import { plural } from '../operator/plural.ts'
import { throttleProgress } from '../operator/throttle.ts'
import { reasonOf } from '../reasons.ts'
import { loadSecrets } from '../secrets.ts'
import { openStorage } from '../storage/open.ts'
import { depotPlaceOf } from '../tools.ts'
import { forScripts, type Subcommand, textOption, UsageError } from './command.ts'
import { listenForInterrupt } from './interrupt.ts'
import { print, printJson } from './print.ts'
import { watchProgress } from './progress.ts'

export const restoreCommand: Subcommand = {
  usage: 'parley restore <file>|- [--replace] [--keys <file>] [--json]',
  about:
    'Loads the backup into the database of this configuration, embedded or a Postgres server, so it can also move a community ' +
    'from one to the other. It loads everything or, whatever happens, nothing. Stop the server first. When you move, stop the ' +
    'old server before the backup: messages sent after it are not in the file. Messages are encrypted again with the key in ' +
    'use here. Everyone has to log in again. Passwords, API tokens, webhooks and invites are those of the backup, so one that ' +
    'was revoked or changed later is valid again.',
  operands: ['<file>'],
  options: {
    replace: 'delete the community that is in the database',
    keys: '<file> with the ENCRYPTION_KEY of the backup, or its secrets.json, if the backup has no keys',
    json: forScripts,
  },
  examples: [
    'parley restore parley-2027-01-31.backup',
    'parley backup - | DATABASE_URL=postgres://… parley restore -',
  ],
  async run(args) {
    const [file] = args.words as [string]
    const offered = readKeys(textOption(args, 'keys'))
    if (file !== '-') await checkSeal(bytesOf(file))
    const opened = await openBackup(bytesOf(file))
    const config = readConfig(process.env)
    const { keyring } = loadSecrets(config)
    const { databaseUrl, dataDir } = config
    const progress = watchProgress()
    const report = throttleProgress(progress.report)
    const { signal, release } = listenForInterrupt()
    // One connection, so that we can tell ours from those of other processes.
    const storage = await openStorage({
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
      dataDir,
      poolSize: 1,
    })
    try {
      const restored = await restore(storage, opened, {
        keyring,
        offered,
        place: depotPlaceOf(config),
        replace: args.options.replace === true,
        loaded: (done) => {
          signal.throwIfAborted()
          report({ what: 'rows read:', done })
        },
      })
      progress.clear()
      await (args.options.json === true ? printJson(restored) : print(linesOf(restored)))
      return 0
    } finally {
      progress.clear()
      release()
      await storage.close()
    }
  },
}

function linesOf({ users, rooms, messages, files, unreadable, at, program }: Restored): string[] {
  return [
    `restored ${plural(users, 'user')}, ${plural(rooms, 'room')} and ${plural(messages, 'message')} from the backup of ${at} (Parley ${program})`,
    ...(files === 0 ? [] : [`restored ${plural(files, 'file')}`]),
    ...(unreadable === 0 ? [] : [`${unreadable} texts were unreadable before the backup too, and still are`]),
    'everyone has to log in again',
  ]
}

function bytesOf(file: string): AsyncIterable<Uint8Array> {
  return file === '-' ? process.stdin : readable(file)
}

async function* readable(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file)
  } catch (error) {
    throw new Error(`${file} cannot be read: ${reasonOf(error)}.`)
  }
}

/** The file holds a value as in the environment, or is a secrets.json. */
function readKeys(file: string | undefined): Key[] {
  if (file === undefined) return []
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${reasonOf(error)}.`)
  }
  try {
    const { current, older } = parseKeyring(text.startsWith('{') ? keyOfSecretsFile(text) : text)
    return [current, ...older]
  } catch (error) {
    throw new UsageError(`${file} has no valid key: it ${(error as Error).message}.`)
  }
}

function keyOfSecretsFile(json: string): string {
  let key: unknown
  try {
    key = JSON.parse(json).encryption_key
  } catch {
    throw new Error('is not JSON')
  }
  if (typeof key !== 'string') throw new Error('has no encryption_key')
  return key
}
