import { useEffect, useState } from 'preact/hooks'
import { preferences } from '../ground/preferences.ts'
import { Choice } from '../kit/choice.tsx'
import { say } from '../language/say.ts'

type Permission = NotificationPermission | 'missing'

const permission = (): Permission =>
  isSecureContext && 'Notification' in window ? Notification.permission : 'missing'

/** A browser asks for permission only after a click, and once. After a refusal, only its own settings can change that. */
export function NoticeSettings() {
  const [allowed, setAllowed] = useState({ by: permission() })
  // A new object even for the same permission: it draws the previous choice again after a click without effect.
  const look = () => setAllowed({ by: permission() })
  useEffect(() => {
    addEventListener('focus', look)
    return () => removeEventListener('focus', look)
  }, [])
  const pick = async (choice: string) => {
    if (choice !== '' && permission() === 'default') await Notification.requestPermission()
    preferences.notices.value = permission() === 'granted' ? choice : ''
    look()
  }
  return (
    <div class="form">
      {allowed.by === 'denied' && <p class="notice bad">{say('notices.denied')}</p>}
      {allowed.by === 'missing' && <p class="notice">{say('notices.missing')}</p>}
      <Choice
        name="notices"
        label={say('notices.shown')}
        hint={say('notices.hint')}
        value={allowed.by === 'granted' ? preferences.notices.value : ''}
        options={[
          ['', say('notices.off')],
          ['on', say('notices.on')],
          ['all', say('notices.all')],
        ]}
        onPick={(choice) => void pick(choice)}
      />
      <Choice
        name="sound"
        label={say('notices.sound')}
        value={preferences.sound.value}
        options={[
          ['', say('notices.off')],
          ['on', say('notices.soundOn')],
        ]}
        onPick={(sound) => (preferences.sound.value = sound)}
      />
    </div>
  )
}
