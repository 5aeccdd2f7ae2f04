import { afterEach, describe, expect, test } from 'bun:test'
import { mergeTexts } from '../src/metrics/merge.ts'
import { createMetrics, type Metrics } from '../src/metrics.ts'

const open: Metrics[] = []
function metrics(): Metrics {
  const made = createMetrics()
  open.push(made)
  return made
}
afterEach(() => {
  for (const each of open.splice(0)) each.stop()
})

describe('metrics', () => {
  test('all have a help text and a name that begins with parley_', async () => {
    const text = metrics().text()
    const names = [...text.matchAll(/^# TYPE (\S+) (counter|gauge|histogram)$/gm)].map((match) => match[1]!)
    expect(names).toHaveLength(54)
    for (const name of names) {
      expect(name).toStartWith('parley_')
      expect(text).toMatch(new RegExp(`^# HELP ${name} \\S.{5,}`, 'm'))
    }
    for (const line of text.split('\n')) expect(line).toMatch(/^(#.*|parley_\w+(\{.*\})? -?[\d.e+-]+|)$/)
  })

  test('count what happened', async () => {
    const counted = metrics()
    counted.messagesStored.add()
    counted.messagesStored.add(41)
    counted.commands.add('message.send', 'ok')
    counted.commands.add('message.send', 'ok')
    counted.commands.add('message.send', 'rate_limited')
    counted.socketsOpen.add(3)
    counted.socketsOpen.add(-1)
    counted.passwordQueueWaiting.from(() => 7)
    counted.httpAnswered('GET', '/rooms/:room', 200, 0.003)
    for (let scrape = 0; scrape < 2; scrape++) {
      const text = counted.text()
      for (const line of [
        'parley_messages_stored_total 42',
        'parley_commands_total{type="message.send",outcome="ok"} 2',
        'parley_commands_total{type="message.send",outcome="rate_limited"} 1',
        'parley_sockets_open 2',
        'parley_password_queue_waiting 7',
        'parley_http_requests_total{method="GET",route="/rooms/:room",status="200"} 1',
        'parley_http_request_seconds_count 1',
        'parley_decrypt_failures_total 0',
      ]) {
        expect(text.split('\n')).toContain(line)
      }
    }
  })

  test('spread values over buckets, each with all that is below it', async () => {
    const { logCommitRows, text } = metrics()
    for (const value of [1, 2, 3, 100, 5_000]) logCommitRows.observe(value)
    const lines = text()
      .split('\n')
      .filter((line) => line.startsWith('parley_log_commit_rows'))
    expect(lines).toEqual([
      'parley_log_commit_rows_bucket{le="1"} 1',
      'parley_log_commit_rows_bucket{le="2"} 2',
      'parley_log_commit_rows_bucket{le="4"} 3',
      ...[8, 16, 32, 64].map((le) => `parley_log_commit_rows_bucket{le="${le}"} 3`),
      ...[128, 256, 512, 1024].map((le) => `parley_log_commit_rows_bucket{le="${le}"} 4`),
      'parley_log_commit_rows_bucket{le="+Inf"} 5',
      'parley_log_commit_rows_sum 5106',
      'parley_log_commit_rows_count 5',
    ])
  })

  test('have the beginning of the name of the node as a label', () => {
    const named = createMetrics('0a1b2c3d-4e5f')
    open.push(named)
    named.commands.add('message.send', 'ok')
    for (const line of named.text().split('\n'))
      if (line !== '' && !line.startsWith('#')) expect(line).toMatch(/\{.*\bnode="0a1b2c3d"\} \S+$/)
  })

  test('of two servers in one process do not meet', async () => {
    const [one, other] = [metrics(), metrics()]
    one.messagesStored.add(5)
    expect(other.text()).toContain('parley_messages_stored_total 0\n')
  })

  test('are not written while their value cannot be known', () => {
    const disk = metrics()
    disk.dataFreeBytes.from(() => Number.NaN)
    expect(disk.text()).not.toMatch(/^parley_data_free_bytes/m)
    disk.dataFreeBytes.from(() => 7)
    expect(disk.text()).toContain('parley_data_free_bytes 7\n')
  })

  test('stay small when a label takes ever new values', async () => {
    const counted = metrics()
    for (let at = 0; at < 5_000; at++) counted.rateLimited.add(`what ${at}`)
    const lines = counted
      .text()
      .split('\n')
      .filter((line) => line.startsWith('parley_rate_limited_total{'))
    expect(lines).toHaveLength(1_001)
    expect(lines).toContain('parley_rate_limited_total{what="other"} 4000')
  })

  test('write labels so that no value can end its line', async () => {
    const counted = metrics()
    counted.rateLimited.add('a"b\n# c\\')
    expect(counted.text()).toContain('parley_rate_limited_total{what="a\\"b\\n# c\\\\"} 1\n')
  })

  test('of several processes are one text, with each head once', () => {
    const text = (node: string, lines: string[]) =>
      [
        '# HELP a A',
        '# TYPE a counter',
        ...lines,
        '',
        '# HELP b B',
        '# TYPE b gauge',
        `b{node="${node}"} 1`,
        '',
      ].join('\n')
    const merged = mergeTexts([text('one', []), text('two', ['a{what="x",node="two"} 3'])])
    expect(merged).toBe(
      [
        ...['# HELP a A', '# TYPE a counter', 'a{what="x",node="two"} 3', ''],
        ...['# HELP b B', '# TYPE b gauge', 'b{node="one"} 1', 'b{node="two"} 1', ''],
      ].join('\n'),
    )
  })

  test('notice when the event loop stood still', async () => {
    const counted = metrics()
    const stoodStill = async () => {
      const text = counted.text()
      return Number(/parley_event_loop_delay_seconds_sum (\S+)/.exec(text)?.[1]) > 0.1
    }
    Bun.sleepSync(250)
    while (!(await stoodStill())) await new Promise(setImmediate)
    const text = counted.text()
    expect(Number(/^parley_process_resident_memory_bytes (\S+)/m.exec(text)?.[1])).toBeGreaterThan(1e6)
    expect(Number(/^parley_process_start_time_seconds (\S+)/m.exec(text)?.[1])).toBeGreaterThan(1.7e9)
  })
})
