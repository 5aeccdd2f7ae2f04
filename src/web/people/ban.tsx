import { useStore } from '../ground/context.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Select } from '../kit/select.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { say } from '../language/say.ts'

const dayMs = 24 * 3_600_000
const spans = { never: undefined, day: dayMs, week: 7 * dayMs, month: 30 * dayMs } as const
type Span = keyof typeof spans

type Props = { username: string; name: string; onClose: () => void }

/** Bans a person from the whole server. They see the reason and the end at sign-in. */
export function Ban({ username, name, onClose }: Props) {
  const { admin } = useStore()
  const ban = async (fields: FormData) => {
    const reason = String(fields.get('reason') ?? '').trim()
    const spanMs = spans[String(fields.get('span')) as Span]
    await admin.ban(username, {
      ...(reason ? { reason } : {}),
      ...(spanMs === undefined ? {} : { until: new Date(Date.now() + spanMs).toISOString() }),
    })
    onClose()
  }
  return (
    <Sheet title={say('ban.title', { name })} onClose={onClose}>
      <p>{say('ban.text', { name })}</p>
      <Form keepAs={`ban ${username}`} action={say('users.ban')} danger onCancel={onClose} onSubmit={ban}>
        {(wrong) => (
          <>
            <Field
              name="reason"
              label={say('ban.reason')}
              hint={say('ban.reasonHint')}
              wrong={wrong.reason}
              maxlength={500}
              autocomplete="off"
              autofocus
            />
            <Select
              name="span"
              label={say('ban.until')}
              value="never"
              options={(Object.keys(spans) as Span[]).map((span) => [span, say(`ban.${span}`)] as const)}
            />
          </>
        )}
      </Form>
    </Sheet>
  )
}
