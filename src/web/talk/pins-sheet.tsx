import { useEffect } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'
import { roomOf } from '../../sdk/state.ts'
import { Glance } from '../files/glance.tsx'
import { useStore } from '../ground/context.ts'
import { powersIn, powersOn } from '../ground/powers.ts'
import { addressOf } from '../ground/route.ts'
import { Sheet } from '../kit/sheet.tsx'
import { Undo } from '../kit/undo.tsx'
import { useRemoved } from '../kit/use-removed.ts'
import { whenOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { namesIn } from '../people/people.ts'
import { AuthorName, MessageText } from './message.tsx'
import { useFolded } from './use-folded.ts'

/** The pinned messages of a room, newest first. */
export function PinsSheet({ room, onClose }: { room: string; onClose: () => void }) {
  const { talk, state } = useStore()
  const here = roomOf(state.value, room)
  const names = here && namesIn(here)
  useEffect(() => talk.loadPins(room), [talk, room])
  const pins = talk.pins.value.get(room)
  const { shown, remove, bringBack } = useRemoved(pins, (message) => String(message.seq))
  const powers = here && powersIn(here, state.value.me)
  const unpin = (message: Message) => {
    remove(message)
    talk.pin(message, false)
  }
  const pinAgain = (message: Message) => {
    bringBack(message)
    talk.pin(message, true)
  }
  return (
    <Sheet title={say('pins.title')} wide onClose={onClose}>
      {pins === undefined && <p class="hint">{say('app.moment')}</p>}
      {pins?.length === 0 && <p class="hint">{say('pins.none')}</p>}
      {shown.length > 0 && (
        <ol class="pins">
          {shown.map(({ item: message, removed }) =>
            removed ? (
              <li key={message.seq}>
                <Undo text={say('pins.removed')} onUndo={() => pinAgain(message)} />
              </li>
            ) : (
              <Pin
                key={message.seq}
                message={message}
                name={names?.get(message.author.username) ?? message.author.display_name}
                me={state.value.me?.username}
                onClose={onClose}
                onRemove={powers && powersOn(message, powers).pin ? () => unpin(message) : undefined}
              />
            ),
          )}
        </ol>
      )}
    </Sheet>
  )
}

type PinProps = {
  message: Message
  name: string
  me: string | undefined
  onClose: () => void
  /** For moderators. */
  onRemove: (() => void) | undefined
}

function Pin({ message, name, me, onClose, onRemove }: PinProps) {
  const { username } = message.author
  const [hidden, show] = useFolded(username)
  return (
    <li>
      <p class="pin-head">
        <AuthorName
          author={hidden ? { username, display_name: name } : { ...message.author, display_name: name }}
          shown
        />
        <a href={addressOf(message.room, message.seq)} onClick={onClose}>
          <span class="unseen">{say('pins.go', { name })}, </span>
          {whenOf(message.created_at)}
        </a>
        {onRemove && (
          <button type="button" class="quiet" onClick={onRemove}>
            {say('line.unpin')}
          </button>
        )}
      </p>
      <MessageText message={message} me={me} reachable hidden={hidden} onShow={show} />
      {message.files && !message.deleted_at && !hidden && <Glance files={message.files} />}
    </li>
  )
}
