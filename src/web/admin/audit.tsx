import { useEffect } from 'preact/hooks'
import type { AuditEntry } from '../../protocol/audit.ts'
import { roomOf } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { More } from '../kit/show-more.tsx'
import { momentOf, whenOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { detailOf, sentenceOf } from './audit-text.ts'

export function Audit() {
  const { admin } = useStore()
  const pages = admin.audit.value
  useEffect(() => admin.loadAudit(), [admin])
  return (
    <>
      <p>{say('audit.text')}</p>
      {!pages && <p role="status">{say('app.moment')}</p>}
      {pages?.items.length === 0 && <p class="hint">{say('audit.none')}</p>}
      <ol class="entries" aria-label={say('admin.audit')}>
        {pages?.items.map((entry) => (
          <Line key={entry.id} entry={entry} />
        ))}
      </ol>
      <More pages={pages} onMore={admin.moreAudit} />
    </>
  )
}

function Line({ entry }: { entry: AuditEntry }) {
  const store = useStore()
  const detail = detailOf(entry)
  const titleOf = (id: string) =>
    (roomOf(store.state.value, id) ?? store.rooms.listed.value.find((room) => room.id === id))?.title ?? id
  return (
    <li class="entry">
      <div class="what">
        <span dir="auto">{sentenceOf(entry, titleOf)}</span>
        <span class="hint" dir="auto">
          <time dateTime={entry.at} title={momentOf(entry.at)}>
            {whenOf(entry.at)}
          </time>
          {detail && ` · ${detail}`}
        </span>
      </div>
    </li>
  )
}
