import { contentType, createSeries } from './metrics/series.ts'

/** Everything we measure. Labels contain only names from our code: never a user, a room or a text. */
export type Metrics = ReturnType<typeof createMetrics>

const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const rows = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
const loopStepMs = 50

/** Every metric has the beginning of the name of the `node` as a label. */
export function createMetrics(node?: string) {
  const series = createSeries(node === undefined ? {} : { node: node.slice(0, 8) })
  const count = (name: string, help: string, read?: () => number) =>
    series.counter(`parley_${name}`, help, read)
  const countBy = <const L extends readonly string[]>(name: string, help: string, ...labels: L) =>
    series.counterBy(`parley_${name}`, help, labels)
  const level = (name: string, help: string, read?: () => number) =>
    series.gauge(`parley_${name}`, help, read)
  const spread = (name: string, help: string, buckets: readonly number[]) =>
    series.histogram(`parley_${name}`, help, buckets)

  const httpRequests = countBy('http_requests_total', 'HTTP requests handled', 'method', 'route', 'status')
  const httpSeconds = spread('http_request_seconds', 'Time from an HTTP request to its response', seconds)
  const loopDelay = spread(
    'event_loop_delay_seconds',
    'Delay of a timer: the event loop was blocked for so long',
    seconds,
  )

  level('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss())
  level('process_heap_bytes', 'JavaScript heap in use', () => process.memoryUsage().heapUsed)
  count('process_cpu_seconds_total', 'Processor time used', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  level(
    'process_start_time_seconds',
    'When the process started, in Unix time',
    () => performance.timeOrigin / 1000,
  )

  const timer = watchLoop(loopDelay.observe)

  return {
    /** Counts one HTTP response. `route` is the pattern ("/rooms/:room"), never the requested path. */
    httpAnswered(method: string, route: string, status: number, tookSeconds: number): void {
      httpRequests.add(method, route, status)
      httpSeconds.observe(tookSeconds)
    },
    socketsOpen: level('sockets_open', 'Sockets open now'),
    socketsOpened: count('sockets_opened_total', 'Sockets opened'),
    socketsClosed: countBy('sockets_closed_total', 'Sockets closed, by close code', 'code'),
    framesIn: count('socket_frames_in_total', 'Frames received from sockets'),
    framesOut: count('socket_frames_out_total', 'Frames sent to single sockets'),
    eventsPublished: count(
      'events_published_total',
      'Events published on the bus, each for any number of sockets',
    ),
    slowReadersClosed: count('slow_readers_closed_total', 'Sockets closed because they read too slowly'),
    commands: countBy('commands_total', 'Commands handled on sockets', 'type', 'outcome'),
    messagesStored: count('messages_stored_total', 'Messages committed'),
    filesStored: count('files_stored_total', 'Files uploaded'),
    fileBytesStored: count('file_bytes_stored_total', 'Bytes of uploaded files'),
    messagesExpired: count('messages_expired_total', 'Messages deleted because of their age'),
    logCommitSeconds: spread('log_commit_seconds', 'Time of one commit to the log', seconds),
    logCommitRows: spread('log_commit_rows', 'Events in one commit to the log', rows),
    logRetries: countBy('log_retries_total', 'Retried commits to the log', 'reason'),
    pushes: countBy('pushes_total', 'Push messages given to push services, by what came of it', 'outcome'),
    previews: countBy('previews_total', 'Pages of links that were looked at, by what came of it', 'outcome'),
    webhooksOut: countBy(
      'webhooks_out_total',
      'Tries to deliver an event by an outgoing webhook, by what came of it',
      'outcome',
    ),
    webhooksOutPaused: countBy(
      'webhooks_out_paused_total',
      'Outgoing webhooks paused by the server',
      'reason',
    ),
    passwordQueueWaiting: level('password_queue_waiting', 'Queued password checks'),
    decryptFailures: count(
      'decrypt_failures_total',
      'Messages that could not be decrypted: changed, moved or an unknown key',
    ),
    logBreaks: countBy(
      'log_breaks_total',
      'Places where the log of a room is not what was written: changed, rolled back or cut in the database',
      'what',
    ),
    dataFreeBytes: level('data_free_bytes', 'Free bytes on the disk of DATA_DIR'),
    databaseFreeBytes: level('database_free_bytes', 'Free bytes on the disk of the embedded database'),
    statements: count('database_statements_total', 'Statements sent to the database'),
    lastBackup: level(
      'last_backup_timestamp_seconds',
      'When the last backup was begun that is complete, in Unix time; absent if there was none',
    ),
    bus: {
      connected: level('bus_connected', 'Whether notes reach the other nodes: 1 or 0', () => 1),
      nodes: level('bus_nodes', 'Nodes that are alive, this one among them', () => 1),
      notesSent: countBy('bus_notes_sent_total', 'Notes sent to other nodes, by what they are for', 'to'),
      notesReceived: countBy(
        'bus_notes_received_total',
        'Notes received from other nodes, by what they are for',
        'to',
      ),
      batchesSent: count('bus_batches_sent_total', 'Batches of notes sent to other nodes'),
      batchesReceived: count('bus_batches_received_total', 'Batches of notes received from other nodes'),
      bytesSent: count('bus_bytes_sent_total', 'Bytes of notes sent to other nodes'),
      bytesReceived: count('bus_bytes_received_total', 'Bytes received from other nodes'),
      gaps: count('bus_gaps_total', 'Times when notes of other nodes may have been lost'),
      repeated: count(
        'bus_repeated_total',
        'Messages of the bus that came again or too late, and were not used',
      ),
      lagSeconds: spread(
        'bus_lag_seconds',
        'Time from a note on another node to its arrival here, by the clocks of both machines: no better than they agree',
        seconds,
      ),
    },
    traces: {
      exported: count('spans_exported_total', 'Spans of traces that the collector took'),
      dropped: count(
        'spans_dropped_total',
        'Spans of traces that were dropped: the collector is away or slow',
      ),
    },
    search: {
      seconds: spread('search_seconds', 'Time of one search', seconds),
      indexed: count('search_messages_indexed_total', 'Messages whose words were stored for searches'),
      lag: level(
        'search_lag_seconds',
        'How long the oldest entry has waited that searches do not know yet',
        () => 0,
      ),
      filling: level(
        'search_filling_entries',
        'Old entries that are still to be filled in for searches: after the first start, a restore or a rotation of keys',
        () => 0,
      ),
    },
    mail: {
      queued: level('mail_queued', 'Mails that wait to be sent, as this node last saw it'),
      sent: countBy('mail_sent_total', 'Mails that the mail server has taken', 'kind'),
      failed: countBy(
        'mail_failed_total',
        'Mails that were not sent: refused (the address), given_up, or a failed attempt: later, unreachable',
        'kind',
        'why',
      ),
    },
    rateLimited: countBy('rate_limited_total', 'Requests and commands refused by a rate limit', 'what'),

    contentType,
    /** The Prometheus text. */
    text: series.text,
    /** Stops the timer that watches the event loop. */
    stop: (): void => clearInterval(timer),
  }
}

/** A timer instead of `monitorEventLoopDelay`: a real histogram can be summed over scrapes and nodes. */
function watchLoop(observe: (seconds: number) => void) {
  let expectedMs = performance.now() + loopStepMs
  const timer = setInterval(() => {
    const nowMs = performance.now()
    observe(Math.max(0, nowMs - expectedMs) / 1000)
    expectedMs = nowMs + loopStepMs
  }, loopStepMs)
  timer.unref()
  return timer
}
