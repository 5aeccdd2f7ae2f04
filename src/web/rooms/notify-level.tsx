import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { useUntil } from '../ground/use-until.ts'
import { Choice } from '../kit/choice.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { clockOf } from '../language/dates.ts'
import { say } from '../language/say.ts'

type Props = { room: RoomState }

/** What a room notifies you about, and until when it is muted. */
export function NotifyLevel({ room }: Props) {
  const store = useStore()
  const muted = useUntil(room.muted_until)
  return (
    <section class="part">
      <Choice
        name="notify"
        label={say('notify.label')}
        value={room.notify}
        options={(['all', 'mentions', 'nothing'] as const).map((each) => [each, say(`notify.${each}`)])}
        onPick={(level) => store.rooms.notify(room.id, level)}
      />
      {muted && (
        <p class="hint" role="status">
          {say('mute.until', { at: clockOf(muted) })}{' '}
          <button type="button" class="quiet" onClick={() => store.rooms.mute(room.id)}>
            {say('mute.end')}
          </button>
        </p>
      )}
    </section>
  )
}

/** The same, from the menu of the room. */
export const NotifySheet = ({ room, onClose }: Props & { onClose: () => void }) => (
  <Sheet title={room.title} onClose={onClose}>
    <NotifyLevel room={room} />
  </Sheet>
)
