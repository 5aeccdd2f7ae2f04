import { type Fields, fieldsOf, scalarIn, textIn } from '../json.ts'
import { inLine, inLines, link, plainText } from '../markdown.ts'

/** Uptime Kuma's webhook: a sentence, and what it is about. A test has `null` for both. */
export function uptimeKumaText({ msg, monitor, heartbeat }: Fields): string {
  if (typeof msg !== 'string' || monitor === undefined || heartbeat === undefined) return ''
  const { name, url, hostname, port } = fieldsOf(monitor)
  const { msg: reason, time, localDateTime, timezone } = fieldsOf(heartbeat)
  const added = (text: string): string => (msg.includes(text) ? '' : plainText(text))
  const host = inLine([textIn(hostname), scalarIn(port)], ':')
  const local = textIn(localDateTime)
  return inLines([
    plainText(msg),
    added(textIn(name)),
    added(textIn(reason)),
    // A monitor of a host has `https://` as its URL.
    /^https?:\/\/.{2}/.test(textIn(url)) ? link(url) : plainText(host),
    local ? inLine([local, textIn(timezone)], ' ') : textIn(time) && `${textIn(time).slice(0, 19)} UTC`,
  ])
}
