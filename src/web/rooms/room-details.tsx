import { useState } from 'preact/hooks'
import type { RoomChange } from '../../protocol/rooms.ts'
import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { usePowers } from '../ground/use-powers.ts'
import { ExportButton } from '../kit/export-button.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { DeleteRoom } from './delete-room.tsx'
import { canStartGroup, startGroup, startGroupText } from './group.ts'
import { keptDays } from './kept-days.ts'
import { leave } from './leave-room.ts'
import { NotifyLevel } from './notify-level.tsx'
import { RoomSettings } from './room-settings.tsx'

/** The details of a room, its notifications, and for owners its settings. */
export function RoomDetails({ room, onClose }: { room: RoomState; onClose: () => void }) {
  const store = useStore()
  const [deleting, setDeleting] = useState(false)
  const powers = usePowers(room)

  const archive = async () => {
    const change: RoomChange = { archived: !room.archived }
    const sure =
      room.archived ||
      (await store.ask({
        title: say('archive.title', { room: room.title }),
        text: say('archive.text'),
        action: say('archive.act'),
      }))
    if (sure)
      await store.rooms.change(room.id, change).catch((error) => {
        store.toast.value = sentenceFor(error)
      })
  }

  if (deleting) return <DeleteRoom room={room} onClose={() => setDeleting(false)} />
  return (
    <Sheet title={room.title} onClose={onClose} wide>
      <Facts room={room} />
      <NotifyLevel room={room} />
      {powers.own && <RoomSettings room={room} />}
      {canStartGroup(room, powers.me) && (
        <div class="ends">
          <button type="button" class="quiet" onClick={() => startGroup(store, room)}>
            {startGroupText(room)}
          </button>
        </div>
      )}
      {(powers.leave || powers.own) && (
        <div class="ends">
          {powers.leave && (
            <button type="button" class="quiet" onClick={() => void leave(store, room)}>
              {say('leave.act')}
            </button>
          )}
          {powers.own && (
            <button type="button" class="quiet" onClick={() => void archive()}>
              {say(room.archived ? 'archive.undo' : 'archive.act')}
            </button>
          )}
          {powers.export && <ExportButton action={say('export.room')} room={room.id} />}
          {powers.own && (
            <button type="button" class="quiet danger" onClick={() => setDeleting(true)}>
              {say('delete.act')}
            </button>
          )}
        </div>
      )}
    </Sheet>
  )
}

function Facts({ room }: { room: RoomState }) {
  const days = keptDays(room, useStore().state.value)
  const direct = room.access === 'direct'
  return (
    <div class="facts">
      {room.archived && <p class="notice">{say('archive.is')}</p>}
      {room.description && <p dir="auto">{room.description}</p>}
      <p class="hint">
        {say(`access.${room.access}Long`)}
        {room.posting === 'moderators' && ` · ${say('posting.moderatorsLong')}`}
        {room.slow_seconds > 0 && ` · ${say('slow.is', { n: room.slow_seconds })}`}
        {!direct && room.access !== 'closed' && (
          <>
            {' · '}
            <bdi dir="ltr">#{room.id}</bdi>
          </>
        )}
      </p>
      {direct && (
        <p class="hint">{say((room.people?.length ?? 0) > 2 ? 'direct.fixed' : 'direct.fixedTwo')}</p>
      )}
      <p class="hint">{days === undefined ? say('kept.ever') : say('kept.days', { n: days })}</p>
    </div>
  )
}
