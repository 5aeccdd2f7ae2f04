import { useEffect, useState } from 'preact/hooks'
import type { Report } from '../../protocol/reports.ts'
import { roomOf } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { powersIn, reportsKey } from '../ground/powers.ts'
import { addressOf } from '../ground/route.ts'
import { Icon } from '../kit/icon.tsx'
import { type Choice, Menu } from '../kit/menu.tsx'
import { Pane } from '../kit/pane.tsx'
import { More } from '../kit/show-more.tsx'
import { sizeOf } from '../language/amounts.ts'
import { momentOf, whenOf } from '../language/dates.ts'
import { sentenceFor } from '../language/error-text.ts'
import { isolated, say } from '../language/say.ts'
import { Ban } from '../people/ban.tsx'

/** The open reports of the rooms that you moderate; for administrators, of all rooms. */
export function Reports() {
  const { reports, state } = useStore()
  const [banning, setBanning] = useState<Report>()
  const handles = reportsKey(state.value) !== ''
  const count = reports.count.value
  // A report came in, or somebody closed one.
  useEffect(() => {
    if (handles) reports.load()
  }, [reports, handles, count])
  const pages = handles ? reports.open.value : undefined
  return (
    <Pane title={say('reports.title')}>
      {handles && !pages && <p role="status">{say('app.moment')}</p>}
      {(!handles || pages?.items.length === 0) && <p class="hint">{say('reports.none')}</p>}
      <ul class="entries" aria-label={say('reports.title')}>
        {pages?.items.map((report) => (
          <Line key={report.id} report={report} onBan={() => setBanning(report)} />
        ))}
      </ul>
      <More pages={pages} onMore={reports.loadMore} />
      {banning && (
        <Ban
          username={banning.author.username}
          name={banning.author.display_name}
          onClose={() => setBanning(undefined)}
        />
      )}
    </Pane>
  )
}

function Line({ report, onBan }: { report: Report; onBan: () => void }) {
  const store = useStore()
  const choices = useChoices(report, onBan)
  const { author, reporter, reason, title, content, files = [], deleted, created_at } = report
  const isMine = roomOf(store.state.value, report.room)?.role !== undefined
  return (
    <li class="entry">
      <div class="what">
        <span dir="auto">{say('reports.line', { name: author.display_name, room: title })}</span>
        <blockquote class="reported" dir="auto">
          {deleted ? say('line.deleted') : content}
          {files.map(({ id, name, bytes }) => (
            <p key={id} class="reported-file">
              <Icon of="file" />
              <bdi>{name}</bdi> <span class="hint">{sizeOf(bytes)}</span>
            </p>
          ))}
        </blockquote>
        <span dir="auto">{say('reports.reason', { name: reporter.display_name, reason })}</span>
        <span class="hint">
          <time dateTime={created_at} title={momentOf(created_at)}>
            {whenOf(created_at)}
          </time>
          {' · '}
          {isolated(`@${author.username}`)}
        </span>
        <span class="entry-acts">
          {isMine && (
            <button type="button" class="quiet" onClick={() => store.go(addressOf(report.room, report.seq))}>
              {say('reports.open')}
            </button>
          )}
          <button type="button" class="quiet" onClick={() => close(store, report, 'dismissed')}>
            {say('reports.dismiss')}
          </button>
        </span>
      </div>
      <Menu label={say('reports.acts', { name: author.display_name })} choices={choices} />
    </li>
  )
}

type Store = ReturnType<typeof useStore>

const close = (store: Store, report: Report, state: 'resolved' | 'dismissed') =>
  store.reports.close(report, state).catch((error) => {
    store.toast.value = sentenceFor(error)
  })

function useChoices(report: Report, onBan: () => void) {
  const store = useStore()
  const { me } = store.state.value
  const { author, room, seq } = report
  const known = roomOf(store.state.value, room)
  const isAdmin = me?.roles.includes('admin') ?? false
  const remove = async () => {
    const sure = await store.ask({
      title: say('line.deleteAsked'),
      text: say('line.deleteText'),
      action: say('line.delete'),
    })
    if (!sure) return
    try {
      await store.talk.removeAt(room, seq)
      await store.reports.close(report, 'resolved')
    } catch (error) {
      store.toast.value = sentenceFor(error)
    }
  }
  return (): readonly Choice[] =>
    [
      {
        name: say('reports.resolve'),
        icon: 'check',
        run: () => void close(store, report, 'resolved'),
      } as const,
      {
        name: say('reports.person'),
        icon: 'person',
        run: () => store.people.show(author.username, room),
      } as const,
      known !== undefined &&
        powersIn(known, me).moderate &&
        !report.deleted &&
        !report.direct &&
        ({ name: say('line.delete'), icon: 'bin', danger: true, run: () => void remove() } as const),
      isAdmin && ({ name: say('users.ban'), icon: 'close', danger: true, run: onBan } as const),
    ].filter((choice) => choice !== false)
}
