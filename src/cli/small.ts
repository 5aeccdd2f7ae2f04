import { describeConfig, readConfig } from '../config.ts'
import { migrate } from '../storage/migrate.ts'
import { openStorage } from '../storage/open.ts'
import { version as programVersion } from '../version.ts'
import { type Subcommand, UsageError } from './command.ts'
import { runOperation } from './operation.ts'

export const token: Subcommand = {
  usage: 'parley token [--create] <username>…',
  summary: 'Print a token of a day for each user: "username token", one a line',
  options: { create: 'make users that do not exist' },
  async run({ words, options }) {
    if (words.length === 0) throw new UsageError('Name at least one user.')
    return runOperation('token', { usernames: words, create: options.create === true })
  },
}

export const seed: Subcommand = {
  usage: 'parley seed',
  summary: 'Make the default rooms that are missing',
  run: () => runOperation('seed', {}),
}

export const migrateCommand: Subcommand = {
  usage: 'parley migrate',
  summary: 'Bring the database up to this version (serve does so too)',
  async run() {
    const { databaseUrl, dataDir } = readConfig(process.env)
    const storage = await openStorage({ ...(databaseUrl === undefined ? {} : { databaseUrl }), dataDir })
    try {
      await migrate(storage)
    } finally {
      await storage.close()
    }
    process.stdout.write('the database is up to date\n')
    return 0
  },
}

export const config: Subcommand = {
  usage: 'parley config [--check] [--json]',
  summary: 'Print every setting with its value, source and meaning',
  options: { check: 'only say whether the settings are right', json: 'for scripts' },
  async run({ options }) {
    const settings = describeConfig(readConfig(process.env))
    if (options.check) process.stdout.write('the settings are right\n')
    else if (options.json) process.stdout.write(`${JSON.stringify(settings, null, 2)}\n`)
    else {
      for (const { name, value, source, meaning } of settings) {
        process.stdout.write(`${name}=${value ?? ''}\n    ${meaning} (${source})\n`)
      }
    }
    return 0
  },
}

export const version: Subcommand = {
  usage: 'parley version',
  summary: 'Print the version',
  async run() {
    process.stdout.write(
      `parley ${programVersion} (bun ${Bun.version}, ${process.platform} ${process.arch})\n`,
    )
    return 0
  },
}
