import { useEffect } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { type AdminPage, adminAddress } from '../ground/route.ts'
import { say } from '../language/say.ts'

/** Says that the disk of the server is nearly full, why nothing can be saved, or that somebody changed what is stored. */
export function Health({ page }: { page: AdminPage }) {
  const { admin } = useStore()
  useEffect(() => admin.loadHealth(), [admin, page])
  const warning = admin.warning.value
  const isDamaged = (admin.findings.value?.total ?? 0) > 0
  return (
    <div role="status">
      {warning && (
        <p class="notice bad" dir="auto">
          {say(warning)}
        </p>
      )}
      {isDamaged && page !== 'server' && (
        <p class="notice bad">
          {say('admin.damage')} <a href={adminAddress('server')}>{say('admin.damageShow')}</a>
        </p>
      )}
    </div>
  )
}
