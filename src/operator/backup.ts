import { backUp } from '../archive/backup.ts'
import type { Tools } from '../scope.ts'
import { counted } from './counted.ts'
import type { Caller, Outcome } from './operation.ts'

/** Whether Parley made the keys: those of the operator's own setting are never written anywhere. */
const hasOwnKeys = ({ policy }: Tools): boolean => policy.storeKeyring !== undefined

/** The bytes of a backup of everything. */
export async function backupCommunity(
  tools: Tools,
  { withoutKeys = false }: { withoutKeys?: boolean },
  { report, write, signal }: Caller,
): Promise<Outcome> {
  const backup = await backUp(tools, {
    withKeys: hasOwnKeys(tools) && !withoutKeys,
    write,
    written: (done) => report({ what: 'rows written:', done }),
    signal,
  })
  const { rows, withKeys, bytes, sha256 } = backup
  const keys = withKeys
    ? 'the keys are inside: whoever has this file can read every message'
    : 'the keys are not inside: without ENCRYPTION_KEY (or secrets.json) no message of it can ever be read'
  return {
    lines: [
      `${counted(rows.users ?? 0, 'user')}, ${counted(rows.rooms ?? 0, 'room')}, ${counted(rows.log ?? 0, 'event')}`,
      keys,
    ],
    data: { rows, keys: withKeys, bytes, sha256 },
  }
}
