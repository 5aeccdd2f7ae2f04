import { backUp } from '../archive/backup.ts'
import type { Tools } from '../scope.ts'
import type { Caller, Outcome } from './operation.ts'
import { plural } from './plural.ts'

/** Whether Parley made the keys itself. Keys that the operator set are never written to a backup. */
const hasOwnKeys = ({ policy }: Tools): boolean => policy.storeKeyring !== undefined

/** Writes a backup of everything to the caller. */
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
  const { rows, files, withKeys, bytes, sha256 } = backup
  const keys = withKeys
    ? 'the keys are in the file: anyone who has it can read every message'
    : 'the keys are not in the file: keep ENCRYPTION_KEY (or secrets.json), or nobody can ever read its messages'
  return {
    lines: [
      `${plural(rows.users ?? 0, 'user')}, ${plural(rows.rooms ?? 0, 'room')}, ${plural(rows.log ?? 0, 'event')}, ${plural(files, 'file')}`,
      keys,
    ],
    data: { rows, files, keys: withKeys, bytes, sha256 },
  }
}
