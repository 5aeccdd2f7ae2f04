import { useStore } from '../ground/context.ts'
import {
  draftsAddress,
  forYouAddress,
  type Route,
  reportsAddress,
  savedAddress,
  threadsAddress,
} from '../ground/route.ts'
import { type Drawing, Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'

/** What concerns you in all rooms, above the list of them. A view that has nothing has no row. */
export function Views() {
  const { mentions, threads, saved, talk } = useStore()
  const meant = mentions.count.value
  const replied = threads.count.value
  return (
    <>
      <ViewRow
        view="forYou"
        icon="at"
        href={forYouAddress}
        title={say('forYou.title')}
        some={mentions.some.value}
      >
        {meant > 0 && <Unread n={meant} loud words={say('rooms.mentions', { n: meant })} />}
      </ViewRow>
      <ViewRow
        view="threads"
        icon="thread"
        href={threadsAddress}
        title={say('threads.title')}
        some={threads.some.value}
      >
        {replied > 0 && <Unread n={replied} words={say('threads.unread', { n: replied })} />}
      </ViewRow>
      <ViewRow
        view="saved"
        icon="bookmark"
        href={savedAddress}
        title={say('saved.title')}
        n={saved.list.value?.length}
        some={saved.some.value}
      />
      <ViewRow
        view="drafts"
        icon="edit"
        href={draftsAddress}
        title={say('drafts.title')}
        n={talk.unsent.value}
      />
    </>
  )
}

/** Shown while there are open reports for you. */
export function ReportsRow() {
  const n = useStore().reports.count.value
  return (
    <ViewRow view="reports" icon="flag" href={reportsAddress} title={say('reports.title')} some={n > 0}>
      {n > 0 && <Unread n={n} loud words={say('reports.count', { n })} />}
    </ViewRow>
  )
}

type Props = {
  view: Route['view']
  icon: Drawing
  href: string
  title: string
  /** How many things the view has. */
  n?: number | undefined
  /** Whether it has any, where nobody counts them. */
  some?: boolean
  /** What is new in it. */
  children?: preact.ComponentChildren
}

function ViewRow({ view, icon, href, title, n = 0, some = n > 0, children }: Props) {
  const isHere = useStore().route.value.view === view
  if (!some && !isHere) return null
  return (
    <a
      href={href}
      class={`row ${view}-row ${children ? 'unread' : ''}`}
      aria-current={isHere ? 'page' : undefined}
    >
      <span class="room-icon">
        <Icon of={icon} />
      </span>
      <span class="title">{title}</span>
      {children || (n > 0 && <span class="count is-quiet">{n}</span>)}
    </a>
  )
}

const Unread = ({ n, words, loud }: { n: number; words: string; loud?: boolean }) => (
  <span class={loud ? 'count is-loud' : 'count'}>
    <span aria-hidden="true">{n}</span>
    <span class="unseen"> {words}</span>
  </span>
)
