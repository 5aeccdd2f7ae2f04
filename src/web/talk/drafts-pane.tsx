import { type RoomState, roomOf } from '../../sdk/state.ts'
import { beginningOf } from '../../text/cut.ts'
import { useStore } from '../ground/context.ts'
import { addressOf } from '../ground/route.ts'
import { Pane } from '../kit/pane.tsx'
import { byTitle } from '../language/by-title.ts'
import { say } from '../language/say.ts'
import { spotAt } from './writing.ts'

const longest = 240

type Unsent = { place: string; room: RoomState; thread: number | undefined; text: string }

/** What you have written and not sent, in all rooms and threads. Each line opens its composer. */
export function Drafts() {
  const store = useStore()
  const unsent = [...store.talk.drafts.value]
    .flatMap(([place, text]): Unsent[] => {
      const { room: id, thread } = spotAt(place)
      const room = roomOf(store.state.value, id)
      return room?.role && text.trim() !== '' ? [{ place, room, thread, text }] : []
    })
    .sort((one, other) => byTitle(one.room, other.room))
  return (
    <Pane title={say('drafts.title')}>
      {unsent.length === 0 && <p class="hint">{say('drafts.none')}</p>}
      <ul class="excerpts" aria-label={say('drafts.title')}>
        {unsent.map(({ place, room, thread, text }) => (
          <li key={place}>
            <a href={addressOf(room.id, undefined, thread)} class="excerpt">
              <span class="excerpt-head">
                <strong dir="auto">{room.title}</strong>
                {thread !== undefined && <span class="hint">{say('drafts.thread')}</span>}
              </span>
              <span class="excerpt-text" dir="auto">
                {beginningOf(text, longest)}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Pane>
  )
}
