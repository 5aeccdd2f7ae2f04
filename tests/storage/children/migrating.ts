/** Migrates the Postgres database in argv[2] with the list in argv[3] (JSON) and prints the tags that ran here. */
import { migrate } from '../../../src/storage/migrate.ts'
import { openStorage } from '../../../src/storage/open.ts'

const [, , databaseUrl = '', list = '[]'] = process.argv
const storage = await openStorage({ databaseUrl, dataDir: 'unused', poolSize: 1 })
console.log(JSON.stringify(await migrate(storage, JSON.parse(list))))
await storage.close()
