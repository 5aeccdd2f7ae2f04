import { useStore } from '../ground/context.ts'
import { preferences } from '../ground/preferences.ts'
import { say } from '../language/say.ts'

/** A line that offers notifications once; a browser asks for its own permission only after a click. */
export function Offer() {
  const { push, toast } = useStore()
  if (!push.isOffered.value) return null
  const accept = async () => {
    const isOn = await push.turnOn(preferences.notices.value === 'all' ? 'all' : 'on')
    if (Notification.permission === 'default') return
    const isAllowed = Notification.permission === 'granted'
    toast.value = say(isOn ? 'push.done' : isAllowed ? 'push.failed' : 'notices.denied')
  }
  return (
    <section class="offer" aria-label={say('notices.shown')}>
      <p>{say('push.offer')}</p>
      <button type="button" class="quiet" onClick={push.decline}>
        {say('push.notNow')}
      </button>
      <button type="button" class="link" onClick={() => void accept()}>
        {say('push.turnOn')}
      </button>
    </section>
  )
}
