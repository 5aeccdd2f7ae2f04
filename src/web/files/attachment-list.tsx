import type { ComponentChildren } from 'preact'
import { sizeOf } from '../language/amounts.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import type { Attachment } from './attachment.ts'
import { Thumb } from './thumb.tsx'

/** The files of a message that waits for them. */
export const AttachmentList = ({ attachments }: { attachments: readonly Attachment[] }) => (
  <ul class="attachments" aria-label={say('attach.tray')}>
    {attachments.map((each) => (
      <AttachmentLine key={each.id} attachment={each} />
    ))}
  </ul>
)

type Props = {
  attachment: Attachment
  /** What the person can do with it. */
  children?: ComponentChildren
  acts?: ComponentChildren
}

export function AttachmentLine({ attachment, children, acts }: Props) {
  const { name, bytes, stage, uploaded, error } = attachment
  // A description is saved without a word.
  const isOnItsWay = uploaded === undefined && (stage === 'sending' || stage === 'waiting')
  return (
    <li class={stage}>
      <Thumb attachment={attachment} />
      <div class="about">
        <p>
          <bdi class="file-name" title={name}>
            {name}
          </bdi>
          <span class="hint">{sizeOf(bytes)}</span>
        </p>
        {isOnItsWay && <Progress attachment={attachment} />}
        {stage === 'failed' && (
          <p class="wrong" role="alert">
            {sentenceFor(error)}
          </p>
        )}
        {children}
      </div>
      {acts}
    </li>
  )
}

/** A part of its own, because it is drawn again a hundred times. */
function Progress({ attachment: { stage, percent, name } }: Props) {
  const value = stage === 'waiting' ? 0 : percent.value
  return (
    <progress
      max={100}
      // All is sent, and the server still looks at it: nobody knows how long.
      {...(value < 100 && { value })}
      aria-label={say('attach.uploading', { name })}
    />
  )
}
