import type { Message } from '../../protocol/messages.ts'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'
import { hueOf } from '../people/hue.ts'
import { quotedText } from '../people/quoted-text.ts'
import { useBlocked } from '../people/use-blocked.ts'

type Props = { id: string; onStop: () => void } & (
  | { editing: true }
  /** `null` if it does not exist, undefined until that is known. */
  | { editing: false; original: Message | null | undefined }
)

/** Above the text box: the message that you reply to, or that you are editing one. */
export function WritingStrip({ id, onStop, ...what }: Props) {
  const stop = say(what.editing ? 'compose.cancelEdit' : 'compose.cancelReply')
  return (
    <div class="strip">
      <Icon of={what.editing ? 'edit' : 'reply'} />
      <p id={id}>{what.editing ? say('compose.editing') : <Original of={what.original} />}</p>
      <button type="button" class="tool" aria-label={stop} title={stop} onClick={onStop}>
        <Icon of="close" />
      </button>
    </div>
  )
}

function Original({ of }: { of: Message | null | undefined }) {
  const blocked = useBlocked()
  if (!of) return <>{say(of === null ? 'reply.none' : 'reply.unknown')}</>
  return (
    <>
      <strong class={hueOf(of.author.username)}>
        {say('compose.replying', { name: of.author.display_name })}
      </strong>{' '}
      <bdi>{quotedText(of, blocked)}</bdi>
    </>
  )
}
