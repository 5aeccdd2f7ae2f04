import type { Message } from '../../protocol/messages.ts'
import { beginningOf } from '../../text/cut.ts'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'
import { hueOf } from '../people/hue.ts'
import { plainText } from '../text/markdown/plain.ts'

const shown = 200

type Props = { id: string; message: Message; editing: boolean; onStop: () => void }

/** Above the text box: the message that you reply to, or that you are editing one. */
export function WritingStrip({ id, message, editing, onStop }: Props) {
  const stop = say(editing ? 'compose.cancelEdit' : 'compose.cancelReply')
  return (
    <div class="strip">
      <Icon of={editing ? 'edit' : 'reply'} />
      <p id={id}>
        {editing ? (
          say('compose.editing')
        ) : (
          <>
            <strong class={hueOf(message.author.username)}>
              {say('compose.replying', { name: message.author.display_name })}
            </strong>{' '}
            <bdi>
              {message.damaged ? say('line.damaged') : beginningOf(plainText(message.content), shown)}
            </bdi>
          </>
        )}
      </p>
      <button type="button" class="tool" aria-label={stop} title={stop} onClick={onStop}>
        <Icon of="close" />
      </button>
    </div>
  )
}
