import { contentType, createSeries } from './metrics/series.ts'

/** Everything we measure. Labels contain only names from our code: never a user, a room or a text. */
export type Metrics = ReturnType<typeof createMetrics>

const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const rows = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
const loopStepMs = 50

export function createMetrics() {
  const series = createSeries()
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
    messagesExpired: count('messages_expired_total', 'Messages deleted because of their age'),
    logCommitSeconds: spread('log_commit_seconds', 'Time of one commit to the log', seconds),
    logCommitRows: spread('log_commit_rows', 'Events in one commit to the log', rows),
    logRetries: countBy('log_retries_total', 'Retried commits to the log', 'reason'),
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
