import { describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { YAML } from 'bun'
import { createMetrics } from '../../src/metrics.ts'
import { repository } from '../support/child.ts'

const deploy = join(repository, 'deploy')
const read = (name: string) => Bun.file(join(deploy, name)).text()

type Rule = { alert: string; expr: string; for?: string; annotations: Record<string, string> }
const { groups } = YAML.parse(await read('alerts.yaml')) as { groups: { rules: Rule[] }[] }
const rules = groups.flatMap(({ rules }) => rules)

type Panel = { title: string; targets: { expr: string; legendFormat?: string }[] }
const { panels } = JSON.parse(await read('grafana.json')) as { panels: Panel[] }
const targets = panels.flatMap(({ title, targets }) => targets.map((target) => ({ title, ...target })))

/** Every name that /metrics has, with the three of each histogram. */
function metricNames(): Set<string> {
  const metrics = createMetrics()
  const text = metrics.text()
  metrics.stop()
  return new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) =>
      type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name!],
    ),
  )
}

const namesIn = (expression: string): string[] =>
  [...expression.matchAll(/\bparley_\w+/g)].map(([name]) => name)

const promtool = process.env.PROMTOOL ?? Bun.which('promtool')
if (!promtool)
  console.error('\n!!! NO PROMTOOL HERE: the alert rules were NOT RUN. Install prometheus. !!!\n')

function promtoolSays(command: string[], files: Record<string, string>): { code: number; said: string } {
  const place = mkdtempSync(join(tmpdir(), 'parley-alerts-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text)
    const run = Bun.spawnSync([promtool!, ...command], { cwd: place })
    return { code: run.exitCode, said: `${run.stdout}${run.stderr}` }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

describe('the alert rules', () => {
  test('name only metrics that there are, and say in a sentence what is the matter', () => {
    const known = metricNames()
    expect(rules.length).toBeGreaterThan(8)
    for (const { alert, expr, annotations } of rules) {
      expect([alert, namesIn(expr).filter((name) => !known.has(name))]).toEqual([alert, []])
      expect([alert, annotations.summary]).toEqual([alert, expect.stringMatching(/^\S.* .*\.$/)])
    }
  })

  test.skipIf(!promtool)('are rules to Prometheus, and so is the configuration that uses them', async () => {
    const files = {
      'alerts.yaml': await read('alerts.yaml'),
      'prometheus.yaml': await read('prometheus.yaml'),
    }
    const checked = promtoolSays(['check', 'rules', 'alerts.yaml'], files)
    expect(checked).toMatchObject({ code: 0, said: expect.stringContaining(`${rules.length} rules found`) })
    expect(promtoolSays(['check', 'config', '--syntax-only', 'prometheus.yaml'], files)).toMatchObject({
      code: 0,
    })
  })

  test.skipIf(!promtool)('fire when they should, and not otherwise', async () => {
    const healthy: Record<string, string> = {
      up: '1x900',
      parley_last_backup_timestamp_seconds: '0x300 86400x300 172800x300',
      parley_data_free_bytes: '9e9x900',
      parley_decrypt_failures_total: '0x900',
      parley_process_resident_memory_bytes: '2e8x900',
      parley_mail_queued: '0x300 2x2 0x600',
      parley_bus_connected: '1x900',
      parley_bus_gaps_total: '0x300 1x600',
    }
    const { parley_last_backup_timestamp_seconds: _, ...withoutBackup } = healthy
    /** What a server of that name shows in three days, with which alerts. */
    const servers: Record<string, [string[], Record<string, string>]> = {
      healthy: [[], {}],
      gone: [['ParleyDown'], { up: '0x900' }],
      'backup of three days ago': [['ParleyBackupIsOld'], { parley_last_backup_timestamp_seconds: '0x900' }],
      'disk that fills up': [['ParleyDiskFillsUp'], { parley_data_free_bytes: '90e9-50000000x900' }],
      'full disk': [['ParleyDiskIsFull'], { parley_data_free_bytes: '4e8x900' }],
      'changed log': [['ParleyDatabaseWasChanged'], { 'parley_log_breaks_total,what="hole"': '0x100 1x800' }],
      'changed text': [['ParleyDatabaseWasChanged'], { parley_decrypt_failures_total: '0x100 1x800' }],
      memory: [['ParleyNeedsMemory'], { parley_process_resident_memory_bytes: '3e9x900' }],
      'bus that is away': [['ParleyBusIsAway'], { parley_bus_connected: '0x900' }],
      'bus that loses notes': [
        ['ParleyBusLosesNotes'],
        { parley_bus_connected: '1x900', parley_bus_gaps_total: '0+5x900' },
      ],
      'bus that is slow': [
        ['ParleyBusIsSlow'],
        {
          'parley_bus_lag_seconds_bucket,le="1"': '0+90x900',
          'parley_bus_lag_seconds_bucket,le="2.5"': '0+100x900',
          'parley_bus_lag_seconds_bucket,le="+Inf"': '0+100x900',
        },
      ],
      'mail that waits': [['ParleyMailWaits'], { parley_mail_queued: '3x900' }],
      passwords: [['ParleyPasswordsWait'], { parley_password_queue_waiting: '30x900' }],
      blocked: [
        ['ParleyIsSlow'],
        {
          parley_event_loop_delay_seconds_sum: '0+200x900',
          parley_event_loop_delay_seconds_count: '0+1000x900',
        },
      ],
      'one request of ten fails': [
        ['ParleyFails'],
        {
          'parley_http_requests_total,status="200"': '0+9x900',
          'parley_http_requests_total,status="503"': '0+1x900',
        },
      ],
    }
    const input_series = [
      ...Object.entries(servers).flatMap(([instance, [, shows]]) =>
        seriesOf(instance, { ...healthy, ...shows }),
      ),
      ...seriesOf('no backup', withoutBackup),
    ]
    // It expects no alert, and promtool says of each what it got instead.
    const alert_rule_test = rules.map(({ alert }) => ({ alertname: alert, eval_time: '71h', exp_alerts: [] }))
    const tests = [{ interval: '5m', input_series, alert_rule_test }]
    const { said } = promtoolSays(['test', 'rules', 'tests.yaml'], {
      'alerts.yaml': await read('alerts.yaml'),
      'tests.yaml': JSON.stringify({ rule_files: ['alerts.yaml'], evaluation_interval: '5m', tests }),
    })
    const fired = [...said.matchAll(/alertname="(\w+)", instance="([^"]+)"/g)].map(
      ([, alert, at]) => `${at}: ${alert}`,
    )
    const expected = Object.entries(servers).flatMap(([instance, [alerts]]) =>
      alerts.map((each) => `${instance}: ${each}`),
    )
    expect([...new Set(fired)].sort()).toEqual([...expected, 'no backup: ParleyHasNoBackup'].sort())
  })
})

/** The series of one server; a key is a name, with further labels behind a comma. */
const seriesOf = (instance: string, shows: Record<string, string>) =>
  Object.entries(shows).map(([key, values]) => {
    const [, name, labels] = /^(\w+)(.*)$/.exec(key)!
    return { series: `${name}{job="parley",instance="${instance}"${labels}}`, values }
  })

describe('the dashboard', () => {
  test('names only metrics that there are, and shows all that matter', () => {
    const known = metricNames()
    for (const { title, expr } of targets)
      expect([title, namesIn(expr).filter((name) => !known.has(name))]).toEqual([title, []])
    const shown = new Set(targets.flatMap(({ expr }) => namesIn(expr)))
    const unseen = [...known].filter((name) => !shown.has(name) && !/_(sum|count)$/.test(name))
    expect(unseen.sort()).toEqual(['parley_log_commit_rows_bucket', 'parley_process_start_time_seconds'])
  })

  test('names each line by a label that the expression keeps', () => {
    for (const { title, expr, legendFormat = '' } of targets)
      for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
        expect([title, label === 'instance' || expr.includes(`by (${label})`)]).toEqual([title, true])
  })

  test.skipIf(!promtool)('asks in the language of Prometheus', () => {
    const plain = (expr: string) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*')
    const rules = targets.map(({ expr }, index) => ({ record: `panel:${index}`, expr: plain(expr) }))
    const file = { 'rules.yaml': JSON.stringify({ groups: [{ name: 'panels', rules }] }) }
    expect(promtoolSays(['check', 'rules', 'rules.yaml'], file)).toMatchObject({
      code: 0,
      said: expect.stringContaining(`${rules.length} rules found`),
    })
  })
})
