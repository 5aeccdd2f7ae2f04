import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Message } from '../../protocol/messages.ts'
import type { Report, ReportPage } from '../../protocol/reports.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { handlesReports } from '../ground/powers.ts'

export type ReportActs = {
  /** The message for which the form is open. */
  readonly reporting: Signal<Message | undefined>
  report(message: Message, reason: string): Promise<void>
  /** How many open reports there are for you; 0 for people who handle none. */
  readonly count: ReadonlySignal<number>
  /** The open reports, newest first; undefined until they are loaded. */
  readonly open: ReadonlySignal<readonly Report[] | undefined>
  /** Whether there are more of them. */
  readonly more: ReadonlySignal<boolean>
  load(): void
  loadMore(): void
  close(report: Report, state: 'resolved' | 'dismissed'): Promise<void>
}

export function reportActs({ state, client, onClient, attempt, quietly }: ActTools): ReportActs {
  const reporting = signal<Message>()
  const open = signal<readonly Report[]>()
  const next = signal<string>()
  const handles = computed(() => handlesReports(state.value))
  onClient(() => {
    reporting.value = undefined
    open.value = undefined
    next.value = undefined
  })
  // After every connection and every change of what you moderate: the server sends only what changes from then on.
  effect(() => {
    if (state.value.status === 'online' && handles.value) quietly(client().loadReports({ limit: 1 }))
  })

  const take = (page: ReportPage, before: readonly Report[]) => {
    open.value = [...before, ...page.items]
    next.value = page.next
  }
  const load = () =>
    client()
      .loadReports()
      .then((page) => take(page, []))

  return {
    reporting,
    report: async (message, reason) => void (await client().room(message.room).report(message.seq, reason)),
    count: computed(() => (handles.value ? (state.value.reports ?? 0) : 0)),
    open,
    more: computed(() => next.value !== undefined),
    load: () => attempt(load()),
    loadMore: () =>
      attempt(
        client()
          .loadReports(next.value === undefined ? {} : { before: next.value })
          .then((page) => take(page, open.peek() ?? [])),
      ),
    // Also after a refusal: somebody else may have closed it first.
    close: (report, to) =>
      client()
        .closeReport(report.id, to)
        .then(() => undefined)
        .finally(() => quietly(load())),
  }
}
