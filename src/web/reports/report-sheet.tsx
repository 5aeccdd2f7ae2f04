import { roomOf } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { say } from '../language/say.ts'

/** Reports a message to the moderators. `store.reports.reporting` opens it. */
export function ReportSheet() {
  const { reports, state, toast } = useStore()
  const message = reports.reporting.value
  if (!message) return null
  const close = () => {
    reports.reporting.value = undefined
  }
  const isDirect = roomOf(state.value, message.room)?.access === 'direct'
  const send = async (fields: FormData) => {
    await reports.report(message, String(fields.get('reason') ?? '').trim())
    close()
    toast.value = say('report.done')
  }
  return (
    <Sheet title={say('report.title')} onClose={close}>
      <p>{say(isDirect ? 'report.textDirect' : 'report.text', { name: message.author.display_name })}</p>
      <Form
        keepAs={`report ${message.room} ${message.seq}`}
        action={say('report.act')}
        onCancel={close}
        onSubmit={send}
      >
        {(wrong) => (
          <Field
            name="reason"
            label={say('report.reason')}
            wrong={wrong.reason}
            maxlength={1000}
            autofocus
            required
          />
        )}
      </Form>
    </Sheet>
  )
}
