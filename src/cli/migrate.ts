import { readConfig } from '../config.ts'
import { requireDatabase } from '../secrets.ts'
import { migrate } from '../storage/migrate.ts'
import { openStorage } from '../storage/open.ts'
import { forScripts, type Subcommand } from './command.ts'
import { print, printJson } from './print.ts'

export const migrateCommand: Subcommand = {
  usage: 'parley migrate [--json]',
  about: 'Does nothing if the database is up to date.',
  options: { json: forScripts },
  async run({ options }) {
    const config = readConfig(process.env)
    requireDatabase(config)
    const { databaseUrl, dataDir } = config
    const storage = await openStorage({ ...(databaseUrl === undefined ? {} : { databaseUrl }), dataDir })
    try {
      const ran = await migrate(storage)
      if (options.json) await printJson({ database: storage.kind, migrations: ran })
      else await print(['the database is up to date'])
    } finally {
      await storage.close()
    }
    return 0
  },
}
