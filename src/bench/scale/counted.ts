/** What a node says of itself, since its start. Notes are those about entries of logs, and all of them. */
export type Counted = {
  rows: number
  commits: number
  statements: number
  notesSent: number
  notesReceived: number
  allNotesSent: number
  batchesSent: number
  bytesSent: number
}

const names: (keyof Counted)[] = [
  'rows',
  'commits',
  'statements',
  'notesSent',
  'notesReceived',
  'allNotesSent',
  'batchesSent',
  'bytesSent',
]
const pauseMs = 500
/** Nodes speak of presence at most a second after the last socket came. */
const stillFor = 4

export async function readCounted(url: string): Promise<Counted> {
  const text = await (await fetch(`${url}/metrics`)).text()
  /** The sum of all series with this label, or of all. */
  const sum = (name: string, label = ''): number =>
    [...text.matchAll(new RegExp(`^parley_${name}(?:\\{([^}]*)\\})? (\\S+)$`, 'gm'))]
      .filter(([, labels = '']) => labels.includes(label))
      .reduce((before, [, , value]) => before + Number(value), 0)
  const ofLogs = 'to="log"'
  return {
    rows: sum('log_commit_rows_sum'),
    commits: sum('log_commit_rows_count'),
    statements: sum('database_statements_total'),
    notesSent: sum('bus_notes_sent_total', ofLogs),
    notesReceived: sum('bus_notes_received_total', ofLogs),
    allNotesSent: sum('bus_notes_sent_total'),
    batchesSent: sum('bus_batches_sent_total'),
    bytesSent: sum('bus_bytes_sent_total'),
  }
}

export const since = (before: Counted, after: Counted): Counted =>
  Object.fromEntries(names.map((name) => [name, after[name] - before[name]])) as Counted

/** When the nodes have sent nothing for a while: what they count from then on is what is measured. */
export async function whenStill(urls: readonly string[], patienceMs: number): Promise<Counted[]> {
  const deadline = performance.now() + patienceMs
  let still = 0
  let before = await Promise.all(urls.map(readCounted))
  while (still < stillFor) {
    if (performance.now() > deadline) throw new Error('The nodes do not become still.')
    await Bun.sleep(pauseMs)
    const now = await Promise.all(urls.map(readCounted))
    const isSame = now.every(({ allNotesSent }, index) => allNotesSent === before[index]!.allNotesSent)
    still = isSame ? still + 1 : 0
    before = now
  }
  return before
}
