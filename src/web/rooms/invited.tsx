import { useStore } from '../ground/context.ts'
import { say } from '../language/say.ts'
import { RoomIcon } from './room-icon.tsx'

/** The rooms that people you share no room with have added you to: you decide. */
export function Invited() {
  const { rooms } = useStore()
  const invited = rooms.invited.value
  if (invited.length === 0) return null
  return (
    <section aria-labelledby="invited">
      <h2 id="invited">{say('invited.title')}</h2>
      <ul aria-labelledby="invited">
        {invited.map(({ room, title, invited_by }) => (
          <li key={room} class="invited">
            <RoomIcon access="closed" />
            <span class="title" dir="auto">
              {title}
            </span>
            <span class="hint">{say('invited.by', { name: `@${invited_by}` })}</span>
            <span class="actions">
              <button
                type="button"
                class="primary"
                aria-label={say('invited.acceptOne', { room: title })}
                onClick={() => rooms.acceptInvitation(room)}
              >
                {say('invited.accept')}
              </button>
              <button
                type="button"
                class="quiet"
                aria-label={say('invited.declineOne', { room: title })}
                onClick={() => rooms.declineInvitation(room)}
              >
                {say('invited.decline')}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
