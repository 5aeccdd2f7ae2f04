import { useEffect, useState } from 'preact/hooks'
import type { MailSettings as Settings } from '../../protocol/mail.ts'
import { useStore } from '../ground/context.ts'
import { Choice } from '../kit/choice.tsx'
import { Form } from '../kit/form.tsx'
import { say } from '../language/say.ts'

const onOrOff = (): [string, string][] => [
  ['on', say('mail.on')],
  ['off', say('notices.off')],
]

/** Whether the address is confirmed, and which mails you get; nothing where the server sends no mail. */
export function MailSettings() {
  const { account, state } = useStore()
  const [settings, setSettings] = useState<Settings>()
  useEffect(() => void account.mailSettings().then(setSettings, () => {}), [account])
  const me = state.value.me
  if (!settings || me?.email === undefined) return null
  return me.email_confirmed ? (
    <Form
      action={say('act.save')}
      done={say('act.saved')}
      onSubmit={(fields) =>
        account.changeMailSettings({
          new_device: fields.get('new_device') === 'on',
          missed: fields.get('missed') === 'on',
        })
      }
    >
      {() => (
        <>
          <Choice
            name="new_device"
            label={say('mail.newDevice')}
            hint={say('mail.confirmed', { email: me.email! })}
            value={settings.new_device ? 'on' : 'off'}
            options={onOrOff()}
          />
          <Choice
            name="missed"
            label={say('mail.missed')}
            hint={say('mail.missedHint')}
            value={settings.missed ? 'on' : 'off'}
            options={onOrOff()}
          />
        </>
      )}
    </Form>
  ) : (
    <Form action={say('mail.sendAgain')} done={say('mail.sent')} onSubmit={account.sendConfirmation}>
      {() => <p class="notice">{say('mail.unconfirmed', { email: me.email! })}</p>}
    </Form>
  )
}
