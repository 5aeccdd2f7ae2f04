import { useEffect, useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { preferences } from '../ground/preferences.ts'
import { Choice } from '../kit/choice.tsx'
import { say } from '../language/say.ts'
import { canPush } from '../push/can-push.ts'
import { KeywordsForm } from './keywords-form.tsx'
import { PushDevices } from './push-devices.tsx'
import { QuietHoursForm } from './quiet-hours-form.tsx'

type Permission = NotificationPermission | 'missing'

const permission = (): Permission =>
  isSecureContext && 'Notification' in window ? Notification.permission : 'missing'

/** In Safari of iPhone and iPad, only a page on the Home Screen can show notifications. */
const needsHomeScreen = (): boolean => 'standalone' in navigator && navigator.standalone === false

/** A browser asks for permission only after a click, and once. After a refusal, only its own settings can change that. */
export function NoticeSettings() {
  const { push } = useStore()
  const [allowed, setAllowed] = useState({ by: permission() })
  const [hasFailed, setFailed] = useState(false)
  // A new object even for the same permission: it draws the previous choice again after a click without effect.
  const look = () => setAllowed({ by: permission() })
  useEffect(() => {
    addEventListener('focus', look)
    return () => removeEventListener('focus', look)
  }, [])
  const pick = async (choice: string) => {
    setFailed(false)
    if (choice === 'on' || choice === 'all') {
      const isOn = await push.turnOn(choice)
      setFailed(!isOn && canPush() && permission() === 'granted')
    } else push.turnOff()
    look()
  }
  const { notices, sound } = preferences
  const chosen = allowed.by === 'granted' ? notices.value : ''
  const isOnlyOpen = chosen !== '' && canPush() && !push.isOn.value
  return (
    <>
      <div class="form">
        {allowed.by === 'denied' && <p class="notice bad">{say('notices.denied')}</p>}
        {allowed.by === 'missing' && (
          <p class="notice">{say(needsHomeScreen() ? 'push.homeScreen' : 'notices.missing')}</p>
        )}
        <Choice
          name="notices"
          label={say('notices.shown')}
          hint={say(canPush() && !isOnlyOpen ? 'push.hint' : 'notices.hint')}
          value={chosen}
          options={[
            ['', say('notices.off')],
            ['on', say('notices.on')],
            ['all', say('notices.all')],
          ]}
          onPick={(choice) => void pick(choice)}
        />
        {isOnlyOpen && (
          <div class="notice" role="status">
            <p>{say(hasFailed ? 'push.failed' : 'push.onlyOpen')}</p>
            <button type="button" class="link" onClick={() => void pick(chosen)}>
              {say(hasFailed ? 'line.tryNow' : 'push.alsoClosed')}
            </button>
          </div>
        )}
        <Choice
          name="sound"
          label={say('notices.sound')}
          value={sound.value}
          options={[
            ['', say('notices.off')],
            ['on', say('notices.soundOn')],
          ]}
          onPick={(choice) => (sound.value = choice)}
        />
      </div>
      <section class="part">
        <h3>{say('keywords.title')}</h3>
        <KeywordsForm />
      </section>
      <section class="part">
        <h3>{say('quiet.title')}</h3>
        <QuietHoursForm />
      </section>
      {/* Last: the list comes and goes with a click above, and would move what is below it. */}
      <PushDevices />
    </>
  )
}
