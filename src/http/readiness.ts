import { perServer } from '../scope.ts'

/** A look is as good as new for so long: however often it is asked, the database is written to once a second. */
const goodForMs = 1000
const patienceMs = 2000

/**
 * Resolves if a message that was sent now would be stored: it writes, waits for the disk, and reads the tables that every
 * message needs. Rejects otherwise. An answer alone says too little.
 */
export const readiness = perServer(({ sql }) => {
  let look: Promise<void> | undefined

  async function store(): Promise<void> {
    await sql.ping()
    const rows = await sql.query(`update settings set value = value where name = 'seeded' returning 1`)
    if (rows.length !== 1) throw new Error('The settings are not there')
    await sql.query(
      `select exists (select 1 from users where username = ''), exists (select 1 from rooms where id = ''),
              exists (select 1 from log where room_key = 0), exists (select 1 from members where room_key = 0)`,
    )
  }

  return () => {
    if (!look) {
      const late = Bun.sleep(patienceMs).then(() => {
        throw new Error('The database does not respond')
      })
      look = Promise.race([store(), late])
      late.catch(() => {})
      setTimeout(() => {
        look = undefined
      }, goodForMs).unref()
    }
    return look
  }
})
