import { type Asker, createPasswordHasher, HasherBusy, type Owner, weakness } from '../../crypto/passwords.ts'
import { ChatError, invalidField } from '../../protocol/errors.ts'
import { type Person, perServer, type Tools } from '../../scope.ts'

/** At most two hashes at a time: each takes 19 MiB and a core, and a flood of logins must not use up the memory. */
export const hasher = perServer((tools) => {
  const hasher = createPasswordHasher({ concurrency: 2, queue: 200, ...tools.policy.passwordCost })
  tools.metrics.passwordQueueWaiting.from(() => hasher.waiting())
  return hasher
})

export async function hashPassword(
  tools: Tools,
  password: string,
  owner: Owner,
  { path = '/password', asker = 'stranger' }: { path?: string; asker?: Asker } = {},
): Promise<string> {
  const weak = weakness(password, owner, tools.policy.site)
  if (weak) throw invalidField(path, ...weak)
  return busyIsRateLimited(hasher(tools).hash(password, asker))
}

export async function checkPassword(
  tools: Tools,
  password: string,
  hash: string | null | undefined,
  asker: Asker = 'stranger',
) {
  return busyIsRateLimited(hasher(tools).verify(password, hash ?? undefined, asker))
}

async function busyIsRateLimited<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof HasherBusy)) throw error
    throw new ChatError('passwords_busy', { retryAfterMs: error.retryAfterMs })
  }
}

/** What a guesser knows of a person. */
export const ownerOf = ({ username, displayName, email }: Person): Owner => ({
  username,
  displayName,
  ...(email !== null && { email }),
})
