import { constantTimeEqual, randomToken } from '../../crypto/keys.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { SetUp } from '../../protocol/users.ts'
import { type Person, perServer, type Tools } from '../../scope.ts'
import { createUser, notifyAccountCreated } from './signup.ts'
import { hasAdmin } from './store.ts'

/** The code of the set-up link: printed by the server, and valid until the server stops. */
const codes = perServer(() => ({ current: undefined as string | undefined, used: false }))

/** The code to create the first administrator; undefined if there is one. */
export async function setupCode(tools: Tools): Promise<string | undefined> {
  if (await hasAdmin(tools.sql)) return undefined
  const code = codes(tools)
  code.current ??= randomToken(18)
  return code.current
}

export async function setUp(tools: Tools, request: SetUp): Promise<Person> {
  const code = codes(tools)
  if (code.current === undefined || code.used || !constantTimeEqual(code.current, request.code)) {
    throw new ChatError('setup_link_invalid')
  }
  // Marked before the first await and unmarked on failure, so that two requests cannot both use it.
  code.used = true
  try {
    if (await hasAdmin(tools.sql)) throw new ChatError('admin_exists')
    const { code: _, ...user } = request
    const person = await createUser(tools, { ...user, role: 'admin' })
    await notifyAccountCreated(tools, { person })
    return person
  } catch (error) {
    code.used = false
    throw error
  }
}
