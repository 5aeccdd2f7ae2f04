import { useEffect } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'
import { roomOf } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { addressOf } from '../ground/route.ts'
import { Sheet } from '../kit/sheet.tsx'
import { whenOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { wordsOf } from '../language/words-of.ts'
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
  return (
    <Sheet title={say('pins.title')} wide onClose={onClose}>
      {pins === undefined && <p class="hint">{say('app.moment')}</p>}
      {pins?.length === 0 && <p class="hint">{say('pins.none')}</p>}
      {pins && pins.length > 0 && (
        <ol class="pins">
          {pins.map((message) => (
            <Pin
              key={message.seq}
              message={message}
              name={names?.get(message.author.username) ?? message.author.display_name}
              me={state.value.me?.username}
              onClose={onClose}
            />
          ))}
        </ol>
      )}
    </Sheet>
  )
}

type PinProps = { message: Message; name: string; me: string | undefined; onClose: () => void }

function Pin({ message, name, me, onClose }: PinProps) {
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
      </p>
      <MessageText message={message} me={me} reachable hidden={hidden} onShow={show} />
      {message.files && !message.deleted_at && !hidden && (
        <p class="hint">{wordsOf({ content: '', files: message.files })}</p>
      )}
    </li>
  )
}
