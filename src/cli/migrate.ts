import { readConfig } from '../config.ts'
import { endFirstStart, loadSecrets, requireDatabase } from '../secrets.ts'
import { migrate } from '../storage/migrate.ts'
import { openStorage } from '../storage/open.ts'
import { forScripts, type Subcommand } from './command.ts'
import { hasCommunity } from './community.ts'
import { print, printJson } from './print.ts'

export const migrateCommand: Subcommand = {
  usage: 'parley migrate [--json]',
  about: 'Does nothing if the database is up to date.',
  options: { json: forScripts },
  async run({ options }) {
    const config = readConfig(process.env)
    requireDatabase(config)
    // A database without its secrets looks to the server as if they were lost.
    if (!hasCommunity(config)) loadSecrets(config)
    const { databaseUrl, dataDir } = config
    const storage = await openStorage({ ...(databaseUrl === undefined ? {} : { databaseUrl }), dataDir })
    try {
      const ran = await migrate(storage)
      endFirstStart(config)
      if (options.json) await printJson({ database: storage.kind, migrations: ran })
      else await print(['the database is up to date'])
    } finally {
      await storage.close()
    }
    return 0
  },
}
