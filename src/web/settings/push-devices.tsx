import { useEffect } from 'preact/hooks'
import type { Session } from '../../protocol/users.ts'
import { useStore } from '../ground/context.ts'
import { whenOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { deviceOf } from './devices.ts'

/** The devices that get push messages; nothing if there are none. */
export function PushDevices() {
  const { account, push } = useStore()
  const isOn = push.isOn.value
  useEffect(() => account.loadSessions(), [account, isOn])
  const devices = (account.sessions.value ?? []).filter((session) => session.push?.length)
  if (devices.length === 0) return null
  const end = (session: Session) => {
    if (session.current && isOn) push.turnOff()
    else account.endPush(session)
  }
  return (
    <section class="part">
      <h3>{say('push.devices')}</h3>
      <ul class="entries">
        {devices.map((session) => (
          <Device key={session.id} session={session} onEnd={() => end(session)} />
        ))}
      </ul>
    </section>
  )
}

function Device({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const device = deviceOf(session.user_agent)
  return (
    <li class="entry">
      <div class="what">
        <strong dir="auto">{device}</strong>
        <span class="hint">
          {session.current ? say('push.thisDevice') : say('push.used', { at: whenOf(session.used_at) })}
        </span>
      </div>
      <button type="button" class="quiet" aria-label={say('push.turnOffOne', { device })} onClick={onEnd}>
        {say('push.turnOff')}
      </button>
    </li>
  )
}
