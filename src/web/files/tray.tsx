import { filesPerMessage } from '../../protocol/file-numbers.ts'
import { useStore } from '../ground/context.ts'
import { sizeOf } from '../language/amounts.ts'
import { say } from '../language/say.ts'
import type { Attachment } from './attachment.ts'
import { AttachmentLine, RemoveButton } from './attachment-list.tsx'
import { isDrawn } from './thumb.tsx'
import type { Refused } from './uploads.ts'

const altCharacters = 1000

type Props = {
  place: string
  attachments: readonly Attachment[]
  /** Called when the last one is removed, and after a description: the text gets the focus. */
  onLeave: () => void
}

/** Above the text: what is going to be sent with it. */
export function Tray({ place, attachments, onLeave }: Props) {
  const { files, state } = useStore()
  const { uploads } = files
  const refused = uploads.refused.value.get(place) ?? []
  const done = attachments.filter(({ stage }) => stage === 'done').length
  const most = state.value.limits?.file_bytes ?? 0
  return (
    <div class="tray">
      {attachments.length > 0 && (
        <ul class="attachments" aria-label={say('attach.tray')}>
          {attachments.map((each) => (
            <AttachmentLine
              key={each.id}
              attachment={each}
              acts={
                <>
                  {each.stage === 'failed' && (
                    <button type="button" class="link" onClick={() => uploads.retry(each.id)}>
                      {say('pending.retry')}
                    </button>
                  )}
                  <RemoveButton attachment={each} onLeave={onLeave} />
                </>
              }
            >
              {(isDrawn(each) || each.uploaded?.file.width !== undefined) && each.stage !== 'failed' && (
                <input
                  type="text"
                  class="alt"
                  dir="auto"
                  maxLength={altCharacters}
                  aria-label={say('attach.altOf', { name: each.name })}
                  placeholder={say('attach.alt')}
                  value={each.alt}
                  onInput={(event) => uploads.describe(each.id, event.currentTarget.value)}
                  onBlur={() => uploads.settle(each.id)}
                  onKeyDown={(event) => {
                    if (event.key !== 'Enter' || event.isComposing) return
                    event.preventDefault()
                    onLeave()
                  }}
                />
              )}
            </AttachmentLine>
          ))}
        </ul>
      )}
      {refused.length > 0 && (
        <div class="wrong" role="alert">
          {refused.map((each, index) => (
            <p key={index}>{textOf(each, most)}</p>
          ))}
        </div>
      )}
      <p class="unseen" role="status">
        {attachments.length > 0 && say('attach.ready', { n: done, count: attachments.length })}
      </p>
    </div>
  )
}

const textOf = ({ why, name }: Refused, most: number): string =>
  say(`attach.${why}`, { name, n: filesPerMessage, size: sizeOf(most) })
