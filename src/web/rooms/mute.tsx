import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { Sheet } from '../kit/sheet.tsx'
import { say } from '../language/say.ts'

const hourMs = 3_600_000
const morningHour = 9

/** Until when a room can be muted; without an end, until you turn it on again. */
const ends = {
  hour: (now: Date) => new Date(now.getTime() + hourMs),
  hours: (now: Date) => new Date(now.getTime() + 8 * hourMs),
  tomorrow: (now: Date) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, morningHour),
  week: (now: Date) => new Date(now.getTime() + 7 * 24 * hourMs),
  always: () => undefined,
} as const satisfies Record<string, (now: Date) => Date | undefined>

/** Asks for how long a room is muted. */
export function MuteSheet({ room, onClose }: { room: RoomState; onClose: () => void }) {
  const store = useStore()
  const mute = (end: keyof typeof ends) => {
    onClose()
    const until = ends[end](new Date())
    if (until) store.rooms.mute(room.id, until)
    else store.rooms.notify(room.id, 'nothing')
  }
  return (
    <Sheet title={say('mute.title', { room: room.title })} onClose={onClose}>
      <p class="hint">{say('mute.hint')}</p>
      <div class="spans">
        {(Object.keys(ends) as (keyof typeof ends)[]).map((end) => (
          <button key={end} type="button" class="quiet" onClick={() => mute(end)}>
            {say(`mute.${end}`)}
          </button>
        ))}
      </div>
    </Sheet>
  )
}
