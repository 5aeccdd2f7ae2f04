import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Message } from '../../protocol/messages.ts'
import type { Report } from '../../protocol/reports.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { reportsKey } from '../ground/powers.ts'
import { createListing, type Pages } from '../kit/paged-list.ts'

export type ReportActs = {
  /** The message for which the form is open. */
  readonly reporting: Signal<Message | undefined>
  report(message: Message, reason: string): Promise<void>
  /** How many open reports there are for you; 0 for people who handle none. */
  readonly count: ReadonlySignal<number>
  /** The open reports, newest first. */
  readonly open: ReadonlySignal<Pages<Report> | undefined>
  load(): void
  loadMore(): void
  close(report: Report, state: 'resolved' | 'dismissed'): Promise<void>
}

export function reportActs({ state, client, onClient, attempt, quietly }: ActTools): ReportActs {
  const reporting = signal<Message>()
  const open = createListing((before: string | undefined) =>
    client().loadReports(before === undefined ? {} : { before }),
  )
  onClient(() => {
    reporting.value = undefined
    open.clear()
  })
  // Signals of their own, because the state changes with every event, and these seldom.
  const online = computed(() => state.value.status === 'online')
  const key = computed(() => reportsKey(state.value))
  // After every connection and every change of what you moderate: the server sends only what changes from then on.
  effect(() => {
    if (online.value && key.value) quietly(client().loadReports({ limit: 1 }))
  })

  return {
    reporting,
    report: async (message, reason) => void (await client().room(message.room).report(message.seq, reason)),
    count: computed(() => (key.value ? (state.value.reports ?? 0) : 0)),
    open: open.pages,
    load: () => attempt(open.start()),
    loadMore: () => attempt(open.more()),
    // Also after a refusal: somebody else may have closed it first.
    close: (report, to) =>
      client()
        .closeReport(report.id, to)
        .then(() => undefined)
        .finally(() => quietly(open.start())),
  }
}
