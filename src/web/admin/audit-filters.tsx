import { useEffect, useId } from 'preact/hooks'
import type { AuditFilter } from '../../protocol/audit.ts'
import { type AuditKind, auditKinds } from '../../protocol/audit-actions.ts'
import { useStore } from '../ground/context.ts'
import { Select } from '../kit/select.tsx'
import { byTitle } from '../language/by-title.ts'
import { say } from '../language/say.ts'

/** As the fields have it: days are those of this device. */
export type Wanted = {
  actor?: string
  subject?: string
  room?: string
  kind?: AuditKind | ''
  from?: string
  to?: string
}

/** `to` is a whole day: until the next one begins. */
export function filterOf({ actor, subject, room, kind, from, to }: Wanted): AuditFilter {
  return {
    ...(actor && { actor }),
    ...(subject && { subject }),
    ...(room && { room }),
    ...(kind && { action: kind }),
    ...(from && { from: startOf(from, 0) }),
    ...(to && { to: startOf(to, 1) }),
  }
}

function startOf(day: string, later: number): string {
  const at = new Date(`${day}T00:00`)
  at.setDate(at.getDate() + later)
  return at.toISOString()
}

type Props = { wanted: Wanted; onWant: (change: Wanted) => void }

/** In one line at a desk. */
export function AuditFilters({ wanted, onWant }: Props) {
  const { rooms } = useStore()
  const id = useId()
  // There may be new rooms.
  useEffect(() => rooms.refresh(), [rooms])
  const titles = [...rooms.listed.value].sort(byTitle).map(({ id, title }) => [id, title] as const)
  return (
    <fieldset class="audit-filters">
      <legend class="unseen">{say('search.filters')}</legend>
      {(['actor', 'subject'] as const).map((field) => (
        <div key={field} class="field">
          <label for={`${id}-${field}`}>{say(`audit.${field}`)}</label>
          <input
            id={`${id}-${field}`}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            dir="auto"
            placeholder={say('audit.username')}
            value={wanted[field] ?? ''}
            // Not at each letter: of half a name there is nobody.
            onChange={({ currentTarget: { value } }) => onWant({ [field]: value.trim().replace(/^@/, '') })}
          />
        </div>
      ))}
      <Select
        name="room"
        label={say('search.in')}
        value={wanted.room ?? ''}
        options={[['', say('search.everywhere')], ...titles]}
        onPick={(room) => onWant({ room })}
      />
      <Select
        name="kind"
        label={say('audit.kind')}
        value={wanted.kind ?? ''}
        options={[
          ['', say('audit.everything')],
          ...auditKinds.map((kind) => [kind, say(`audit.kind.${kind}`)] as const),
        ]}
        onPick={(kind) => onWant({ kind })}
      />
      {(['from', 'to'] as const).map((field) => (
        <div key={field} class="field">
          <label for={`${id}-${field}`}>{say(`audit.${field}`)}</label>
          <input
            id={`${id}-${field}`}
            type="date"
            value={wanted[field] ?? ''}
            onChange={({ currentTarget: { value } }) => onWant({ [field]: value })}
          />
        </div>
      ))}
    </fieldset>
  )
}
