import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { AuditEntry, AuditFilter } from '../../protocol/audit.ts'
import { roomOf } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { ExportButton } from '../kit/export-button.tsx'
import { createListing } from '../kit/paged-list.ts'
import { More } from '../kit/show-more.tsx'
import { momentOf, whenOf } from '../language/dates.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { AuditFilters, filterOf, type Wanted } from './audit-filters.tsx'
import { detailOf, sentenceOf } from './audit-text.ts'

export function Audit() {
  const [wanted, setWanted] = useState<Wanted>({})
  const filter = filterOf(wanted)
  const isFiltered = Object.keys(filter).length > 0
  const { pages, more, wrong } = useEntries(filter)
  return (
    <>
      <p>{say('audit.text')}</p>
      <AuditFilters wanted={wanted} onWant={(change) => setWanted({ ...wanted, ...change })} />
      {wrong ? (
        <p class="hint" role="status">
          {wrong}
        </p>
      ) : (
        <>
          {!pages && <p role="status">{say('app.moment')}</p>}
          {pages?.items.length === 0 && (
            <p class="hint" role="status">
              {say(isFiltered ? 'audit.noMatch' : 'audit.none')}
            </p>
          )}
          <ol class="entries" aria-label={say('admin.audit')}>
            {pages?.items.map((entry) => (
              <Line key={entry.id} entry={entry} />
            ))}
          </ol>
          <More pages={pages} onMore={more} />
          <ExportButton action={say(isFiltered ? 'audit.exportFound' : 'audit.export')} audit={filter} />
        </>
      )}
    </>
  )
}

/** The entries of a filter, from the first page whenever the filter is another one. `wrong`: why there are none. */
function useEntries(filter: AuditFilter) {
  const { admin } = useStore()
  const [wrong, setWrong] = useState<string>()
  const key = JSON.stringify(filter)
  const asked = useRef(filter)
  asked.current = filter
  const list = useMemo(
    () => createListing((before: number | undefined) => admin.listAudit({ ...asked.current, before })),
    [admin],
  )
  const show = (act: Promise<void>) =>
    void act.then(
      () => setWrong(undefined),
      (error) => setWrong(sentenceFor(error)),
    )
  useEffect(() => show(list.start()), [list, key])
  return { pages: list.pages.value, more: () => show(list.more()), wrong }
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
