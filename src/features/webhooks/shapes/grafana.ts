import { isBlank } from '../../../text/blank.ts'
import { type Fields, fieldsOf, listOf, textIn } from '../json.ts'
import { inLines, inParagraphs, link, plainText, strong } from '../markdown.ts'
import { alertText } from './alertmanager.ts'

/**
 * Grafana's webhook: Alertmanager's fields, with a title and a message (in Markdown) that its template has written.
 * https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 */
export function grafanaText(payload: Fields): string {
  const { title, state, message, alerts, externalURL, ruleName, ruleUrl, imageUrl } = payload
  if (typeof state !== 'string' || !(Array.isArray(alerts) || typeof ruleName === 'string')) return ''
  const heading = strong(link(ruleUrl ?? externalURL, textIn(title) || textIn(ruleName)))
  if (isBlank(textIn(message)))
    return inParagraphs([heading, ...listOf(alerts).map(alertText), link(imageUrl)])
  const images = [imageUrl, ...listOf(alerts).map((alert) => fieldsOf(alert).imageURL)]
  const name = textIn(ruleName)
  const rule = textIn(title).includes(name) ? '' : plainText(name)
  return inParagraphs([
    inLines([heading, rule]),
    textIn(message).trim(),
    inLines(images.map((url) => link(url))),
  ])
}
