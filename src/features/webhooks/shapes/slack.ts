import { isBlank } from '../../../text/blank.ts'
import { type Fields, listOf, textIn } from '../json.ts'
import { inLines, inParagraphs, plainText } from '../markdown.ts'
import { fromMattermost, fromMrkdwn, unescaped } from '../mrkdwn.ts'
import { attachmentText } from './attachments.ts'
import { blockText } from './blocks.ts'

/**
 * A message of Slack's incoming webhooks, and of Mattermost's and Rocket.Chat's, which copied them. Text next to blocks is what
 * Slack shows in notifications: the blocks are the message. Attachments follow below.
 */
export function slackText(payload: Fields): string {
  const { text, blocks, attachments, props, mrkdwn } = payload
  const read = isMattermost(payload) ? fromMattermost : fromMrkdwn
  const above = inLines(listOf(blocks).map((block) => blockText(block)))
  const own = mrkdwn === false ? plainText(unescaped(textIn(text))) : read(textIn(text))
  const below = [attachments, (props as Fields | undefined)?.attachments].flatMap(listOf)
  return inParagraphs([isBlank(above) ? own : above, ...below.map((each) => attachmentText(each, read))])
}

/** Fields that only Mattermost has. */
const isMattermost = (payload: Fields): boolean =>
  (typeof payload.props === 'object' && payload.props !== null) || 'priority' in payload
