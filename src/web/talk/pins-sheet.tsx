import { useEffect } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { addressOf } from '../ground/route.ts'
import { Sheet } from '../kit/sheet.tsx'
import { whenOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { MarkdownView } from '../text/markdown/markdown-view.tsx'
import { AuthorName } from './message.tsx'

/** The pinned messages of a room, newest first. */
export function PinsSheet({ room, onClose }: { room: string; onClose: () => void }) {
  const { talk, state } = useStore()
  useEffect(() => talk.loadPins(room), [talk, room])
  const pins = talk.pins.value.get(room)
  return (
    <Sheet title={say('pins.title')} wide onClose={onClose}>
      {pins === undefined && <p class="hint">{say('app.moment')}</p>}
      {pins?.length === 0 && <p class="hint">{say('pins.none')}</p>}
      {pins && pins.length > 0 && (
        <ol class="pins">
          {pins.map((message) => (
            <li key={message.seq}>
              <p class="pin-head">
                <AuthorName username={message.author.username} name={message.author.display_name} shown />
                <a href={addressOf(room, message.seq)} onClick={onClose}>
                  <span class="unseen">{say('pins.go', { name: message.author.display_name })}, </span>
                  {whenOf(message.created_at)}
                </a>
              </p>
              {message.damaged ? (
                <span class="tombstone">{say('line.damaged')}</span>
              ) : (
                <MarkdownView text={message.content} me={state.value.me?.username} />
              )}
            </li>
          ))}
        </ol>
      )}
    </Sheet>
  )
}
