import type { ComponentChildren } from 'preact'
import { useStore } from '../ground/context.ts'
import { Icon } from '../kit/icon.tsx'
import { sizeOf } from '../language/amounts.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { type Attachment, isParcel } from './attachment.ts'
import { Thumb } from './thumb.tsx'

/** The files of a message that waits for them. One that was refused can be left out. */
export const AttachmentList = ({ attachments }: { attachments: readonly Attachment[] }) => (
  <ul class="attachments" aria-label={say('attach.tray')}>
    {attachments.map((each) => (
      <AttachmentLine
        key={each.id}
        attachment={each}
        acts={each.stage === 'failed' && <RemoveButton attachment={each} />}
      />
    ))}
  </ul>
)

export function RemoveButton({ attachment: { id, name }, onLeave }: Props & { onLeave?: () => void }) {
  const { uploads } = useStore().files
  return (
    <button
      type="button"
      class="tool"
      aria-label={say('attach.remove', { name })}
      title={say('attach.remove', { name })}
      onClick={() => {
        uploads.remove(id)
        onLeave?.()
      }}
    >
      <Icon of="close" />
    </button>
  )
}

type Props = {
  attachment: Attachment
  /** What the person can do with it. */
  children?: ComponentChildren
  acts?: ComponentChildren
}

export function AttachmentLine({ attachment, children, acts }: Props) {
  const { name, bytes, stage, uploaded, error, kept, holder } = attachment
  const isOnline = useStore().state.value.status === 'online'
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
        {isOnItsWay && kept === false && (!isOnline || isParcel(holder)) && (
          <p class="hint">{say('attach.keepOpen')}</p>
        )}
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
