import { useEffect } from 'preact/hooks'
import type { Session } from '../../protocol/users.ts'
import { useStore } from '../ground/context.ts'
import { longDayOf, whenOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { deviceOf } from './devices.ts'

export function SessionSettings() {
  const store = useStore()
  const sessions = store.account.sessions.value
  useEffect(() => store.account.loadSessions(), [store])
  if (!sessions) return <p role="status">{say('app.moment')}</p>
  const others = sessions.filter(({ current }) => !current)

  const endOthers = async () => {
    const sure = await store.ask({
      title: say('sessions.endOthers'),
      text: say('sessions.endOthersText'),
      action: say('sessions.endOthers'),
    })
    if (sure) store.account.endOtherSessions()
  }

  return (
    <>
      <ul class="entries">
        {sessions.map((session) => (
          <Line key={session.id} session={session} onEnd={() => store.account.endSession(session.id)} />
        ))}
      </ul>
      {others.length > 0 && (
        <button type="button" class="quiet danger" onClick={endOthers}>
          {say('sessions.endOthers')}
        </button>
      )}
    </>
  )
}

function Line({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const device = deviceOf(session.user_agent)
  return (
    <li class="entry">
      <div class="what">
        <strong dir="auto">{device}</strong>
        <span class="hint">
          {session.current
            ? say('sessions.current')
            : say('sessions.used', { at: whenOf(session.used_at), since: longDayOf(session.created_at) })}
        </span>
      </div>
      {!session.current && (
        <button type="button" class="quiet" aria-label={say('sessions.endOne', { device })} onClick={onEnd}>
          {say('sessions.end')}
        </button>
      )}
    </li>
  )
}
