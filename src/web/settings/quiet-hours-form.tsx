import { useState } from 'preact/hooks'
import type { QuietHours } from '../../protocol/quiet-hours.ts'
import { useStore } from '../ground/context.ts'
import { Choice } from '../kit/choice.tsx'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Select } from '../kit/select.tsx'
import { say } from '../language/say.ts'
import { ownZone, zonesWith } from './time-zones.ts'
import { useElsewhere } from './use-elsewhere.ts'

/** When no notification may disturb you, on any of your devices. */
export function QuietHoursForm() {
  const { state, account } = useStore()
  const hours = state.value.me?.quiet_hours
  const { key, save } = useElsewhere(shownAs(hours))
  const set = (quiet_hours: QuietHours) =>
    save(async () => {
      await account.changeProfile({ quiet_hours })
      return shownAs(quiet_hours.from === quiet_hours.to ? undefined : quiet_hours)
    })
  return <Hours key={key} hours={hours} onSave={set} />
}

const shownAs = (hours: QuietHours | undefined): string =>
  hours ? `${hours.from} ${hours.to} ${hours.time_zone}` : ''

type Props = { hours: QuietHours | undefined; onSave: (hours: QuietHours) => Promise<void> }

function Hours({ hours, onSave }: Props) {
  const [isOn, setOn] = useState(hours !== undefined)
  const zone = hours?.time_zone ?? ownZone()
  const save = (fields: FormData) => {
    const given = (name: string, otherwise: string) => String(fields.get(name) ?? otherwise)
    // The same time twice: there are none.
    return onSave({
      from: given('from', '00:00'),
      to: given('to', '00:00'),
      time_zone: given('time_zone', zone),
    })
  }
  return (
    <Form action={say('act.save')} done={say('act.saved')} onSubmit={save}>
      {(wrong) => (
        <>
          <Choice
            name="quiet"
            label={say('quiet.label')}
            hint={say('quiet.hint')}
            value={isOn ? 'on' : ''}
            options={[
              ['', say('notices.off')],
              ['on', say('quiet.daily')],
            ]}
            onPick={(choice) => setOn(choice === 'on')}
          />
          {isOn && (
            <>
              <div class="hours">
                <Field
                  name="from"
                  type="time"
                  label={say('quiet.from')}
                  value={hours?.from ?? '22:00'}
                  wrong={wrong.from}
                  required
                />
                <Field
                  name="to"
                  type="time"
                  label={say('quiet.to')}
                  value={hours?.to ?? '07:00'}
                  wrong={wrong.to}
                  required
                />
              </div>
              <Select
                name="time_zone"
                label={say('quiet.zone')}
                value={zone}
                options={zonesWith(zone, ownZone())}
              />
            </>
          )}
        </>
      )}
    </Form>
  )
}
