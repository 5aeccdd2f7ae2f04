import { useEffect } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { say } from '../language/say.ts'

export function BlockedSettings() {
  const { people } = useStore()
  useEffect(() => people.loadBlocked(), [people])
  const blocked = people.blocked.value
  if (!blocked) return <p role="status">{say('app.moment')}</p>
  return (
    <>
      <p>{say('blocked.text')}</p>
      {blocked.length === 0 && <p class="hint">{say('blocked.none')}</p>}
      <ul class="entries">
        {blocked.map(({ username, display_name }) => (
          <li key={username} class="entry">
            <div class="what">
              <strong dir="auto">{display_name}</strong>
              <span class="hint">@{username}</span>
            </div>
            <button
              type="button"
              class="quiet"
              aria-label={say('blocked.liftOne', { name: display_name })}
              onClick={() => people.unblock(username)}
            >
              {say('blocked.lift')}
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
