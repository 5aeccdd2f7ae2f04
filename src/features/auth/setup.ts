import { constantTimeEqual, keyedHash, randomToken } from '../../crypto/keys.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { SetUp } from '../../protocol/users.ts'
import type { Person, Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { keepSetting, readSetting, takeSetting } from '../settings.ts'
import { createUser, notifyAccountCreated } from './signup.ts'
import { hasAdmin } from './store.ts'

/** What the code of the set-up link is made from, with SECRET_KEY: on every node the same, until somebody has used it. */
const setting = 'setup'

const codeOf = ({ policy }: Tools, seed: unknown): string => keyedHash(policy.keyFor('setup'), String(seed))

/** The code to create the first administrator; undefined if there is one. */
export async function setupCode(tools: Tools): Promise<string | undefined> {
  if (await hasAdmin(tools.sql)) {
    await takeSetting(tools.sql, setting)
    return undefined
  }
  return codeOf(tools, await keepSetting(tools.sql, setting, randomToken()))
}

export async function setUp(tools: Tools, request: SetUp): Promise<Person> {
  const seed = await readSetting(tools.sql, setting)
  if (seed === undefined || !constantTimeEqual(codeOf(tools, seed), request.code)) {
    throw new ChatError('setup_link_invalid')
  }
  const { code: _, ...user } = request
  const person = await createUser(tools, { ...user, role: 'admin' }, 'stranger', (insert) =>
    tools.sql.transaction(async (sql) => {
      await useUp(sql)
      return insert(sql)
    }),
  )
  await notifyAccountCreated(tools, person)
  return person
}

/** The database lets one of several uses at the same time through, on whatever nodes; a refused one uses nothing up. */
async function useUp(sql: Sql): Promise<void> {
  if (!(await takeSetting(sql, setting))) throw new ChatError('setup_link_invalid')
  if (await hasAdmin(sql)) throw new ChatError('admin_exists')
}
