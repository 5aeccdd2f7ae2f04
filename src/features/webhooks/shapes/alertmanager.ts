import { type Fields, fieldsOf, firstText, scalarIn, textIn } from '../json.ts'
import { inLine, inLines, inParagraphs, link, plainText, strong, timeText } from '../markdown.ts'

/** Alertmanager's webhook: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export function alertmanagerText(payload: Fields): string {
  const { alerts, groupLabels, commonLabels, externalURL, truncatedAlerts } = payload
  if (!Array.isArray(alerts) || typeof payload.status !== 'string') return ''
  const name = firstText(fieldsOf(commonLabels).alertname, fieldsOf(groupLabels).alertname)
  const heading = `[${payload.status.toUpperCase()}:${alerts.length}] ${name}`
  const left = typeof truncatedAlerts === 'number' && truncatedAlerts > 0 ? `+ ${truncatedAlerts}` : ''
  return inParagraphs([
    inLines([strong(plainText(heading)), link(externalURL)]),
    ...alerts.map(alertText),
    left,
  ])
}

const shownFirst = ['summary', 'message', 'title', 'description']

/** One alert: what it says, its labels, since when, and where to look. Grafana's have the same fields. */
export function alertText(alert: unknown): string {
  const { status, startsAt, endsAt, generatorURL, ...more } = fieldsOf(alert)
  const [labels, annotations] = [fieldsOf(fieldsOf(alert).labels), fieldsOf(fieldsOf(alert).annotations)]
  const first = shownFirst.map((name) => plainText(textIn(annotations[name])))
  const others = Object.entries(annotations).filter(([name]) => !shownFirst.includes(name))
  const since = inLine([timeText(startsAt), status === 'resolved' ? timeText(endsAt) : ''], ' – ')
  return inLines([
    inLine([strong(plainText(textIn(labels.alertname))), plainText(textIn(status))], ' '),
    ...first,
    inLine(pairs(Object.entries(labels).filter(([name]) => name !== 'alertname')), ', '),
    ...pairs(others),
    since,
    ...[generatorURL, more.dashboardURL, more.panelURL, more.silenceURL, more.imageURL].map((url) =>
      link(url),
    ),
  ])
}

/** Labels like `__alert_rule_uid__` are Grafana's own. */
const pairs = (entries: [string, unknown][]): string[] =>
  entries
    .filter(([name, value]) => !name.startsWith('__') && scalarIn(value) !== '')
    .map(([name, value]) => `${plainText(name)}: ${plainText(scalarIn(value))}`)
