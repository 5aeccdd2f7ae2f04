import type { AuditFilter } from '../../protocol/audit.ts'
import { useStore } from '../ground/context.ts'
import { amountOf } from '../language/amounts.ts'
import { say } from '../language/say.ts'

type Props = { action: string; room?: string; audit?: AuditFilter }

/** Downloads an export: of a room, of the audit log, or without either of what is stored about you. While it comes, shows how much is there. */
export function ExportButton({ action, room, audit }: Props) {
  const { exports } = useStore()
  const running = exports.running.value
  if (!running || running.room !== room || !running.audit !== !audit) {
    return (
      <button type="button" class="quiet export" onClick={() => exports.start({ room, audit })}>
        {action}
      </button>
    )
  }
  return (
    <div class="download">
      <progress aria-label={say('export.running')} />
      <span role="status">{say('export.running')}</span>
      {running.bytes > 0 && <span class="hint">{amountOf(running.bytes)}</span>}
      <button type="button" class="quiet" onClick={exports.cancel}>
        {say('act.cancel')}
      </button>
    </div>
  )
}
