import type { Tools } from '../../scope.ts'
import { reportBreak } from '../log/breaks.ts'
import { kindNumbers } from '../log/entry.ts'
import type { Facts } from '../log/facts.ts'
import { isGenuine, isLinked, sealStanding } from '../log/integrity.ts'
import { openText } from '../log/seal.ts'
import type { Marks, MessageRow } from './store.ts'

export type Opened = { text: string; deletedAt: Date | null; expired?: true; damaged?: true }

/** The current text of a message; `damaged` if its row is not what was written, or not what the log says. */
export function openMessage(
  tools: Tools,
  roomKey: number,
  row: MessageRow,
  marks: Marks | undefined,
): Opened {
  if (!isStandingTrue(tools, roomKey, row, marks)) {
    reportBreak(tools, 'standing', roomKey, row.seq)
    // A text that was removed must not come back, whatever the row says of it.
    return { text: '', deletedAt: marks?.goneAt ?? null, damaged: true }
  }
  if (row.deletedAt) {
    const { link, before, expired } = marks!
    const genuine = isGenuine(tools, { head: row.seq - 1, link: before }, originFacts(roomKey, row), link)
    if (!genuine) reportBreak(tools, 'changed', roomKey, row.seq)
    return {
      ...{ text: '', deletedAt: row.deletedAt },
      ...(expired ? { expired: true as const } : {}),
      ...(genuine ? {} : { damaged: true }),
    }
  }
  const [facts, body] = currentText(roomKey, row)
  // A message of nothing cannot be sent: its text was taken away.
  if (body === null) {
    reportBreak(tools, 'standing', roomKey, row.seq)
    return { text: '', deletedAt: null, damaged: true }
  }
  return { ...openText(tools, facts, body), deletedAt: null }
}

export type TextRow = Pick<
  MessageRow,
  | 'seq'
  | 'authorId'
  | 'at'
  | 'clientId'
  | 'replyTo'
  | 'body'
  | 'detail'
  | 'editedSeq'
  | 'editedAt'
  | 'editedBody'
  | 'editedDetail'
>

/** The sealed text that a message has now, and the facts that it is bound to. */
export const currentText = (roomKey: number, row: TextRow): [facts: Facts, body: string | null] =>
  row.editedSeq === null ? [originFacts(roomKey, row), row.body] : [editFacts(roomKey, row), row.editedBody]

const noMarks: Marks = {
  goneAt: null,
  expired: null,
  lastEdit: null,
  lastPin: null,
  link: null,
  before: null,
}

export type MarkedRow = Pick<MessageRow, 'seq' | 'body' | 'editedSeq' | 'deletedAt' | 'pinnedAt' | 'standing'>

/** Whether the marks of a message are those that the entries about it have left. */
export function isStandingTrue(tools: Tools, roomKey: number, row: MarkedRow, marks = noMarks): boolean {
  const { editedSeq, deletedAt, pinnedAt } = row
  const { goneAt, lastEdit, lastPin } = marks
  if (deletedAt?.getTime() !== goneAt?.getTime()) return false
  if (deletedAt ? row.body !== null || editedSeq !== null || pinnedAt !== null : editedSeq !== lastEdit)
    return false
  if (!deletedAt && (pinnedAt !== null) !== (lastPin === kindNumbers['pin.added'])) return false
  // A message from before there were links has no seal of its standing until its room is linked.
  if (row.standing === null && !isLinked(tools)) return true
  return row.standing === sealStanding(tools, roomKey, row.seq, { editedSeq, deletedAt, pinnedAt })
}

const originFacts = (roomKey: number, row: TextRow): Facts => ({
  roomKey,
  seq: row.seq,
  kind: kindNumbers['message.created'],
  actorId: row.authorId,
  at: row.at,
  target: null,
  replyTo: row.replyTo,
  clientId: row.clientId,
  detail: row.detail,
})

/** The edit must be one of this message, by its author: that it is another does not open. */
const editFacts = (roomKey: number, row: TextRow): Facts => ({
  roomKey,
  seq: row.editedSeq!,
  kind: kindNumbers['message.edited'],
  actorId: row.authorId,
  at: row.editedAt ?? row.at,
  target: row.seq,
  replyTo: null,
  clientId: null,
  detail: row.editedDetail,
})
