import { useEffect, useState } from 'preact/hooks'
import type { Webhook } from '../../protocol/webhooks.ts'
import { useStore } from '../ground/context.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Secret } from '../kit/secret.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { whenOf } from '../language/dates.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'

/** Without `making` you cannot add a webhook: the room is archived. */
type Props = { room: string; making: boolean; onClose: () => void }

/** The webhooks of a room, for its moderators. */
export function Webhooks({ room, making, onClose }: Props) {
  const store = useStore()
  const { webhooks } = store
  const [list, setList] = useState<readonly Webhook[]>()
  const [created, setCreated] = useState<string>()
  const [errorText, setErrorText] = useState<string>()
  const failed = (error: unknown) => setErrorText(sentenceFor(error))
  const load = () => webhooks.list(room).then(setList, failed)
  useEffect(() => void load(), [room])

  const create = async (fields: FormData, form: HTMLFormElement) => {
    const { url } = await webhooks.create(room, String(fields.get('name') ?? '').trim())
    setCreated(url)
    form.reset()
    await load()
  }
  const remove = async ({ id, name }: Webhook) => {
    const act = say('webhooks.removeOne', { name })
    const sure = await store.ask({
      title: act,
      text: say('webhooks.removeText'),
      action: say('webhooks.remove'),
    })
    if (sure) await webhooks.remove(room, id).catch(failed).then(load)
  }

  return (
    <Sheet title={say('webhooks.title')} onClose={onClose} wide>
      <p>{say('webhooks.text')}</p>
      {created && <Secret label={say('webhooks.url')} text={created} note={say('tokens.once')} />}
      {making && (
        <Form keepAs={`webhook ${room}`} action={say('webhooks.create')} onSubmit={create}>
          {(wrong) => (
            <Field
              name="name"
              label={say('webhooks.name')}
              wrong={wrong.name}
              maxlength={64}
              autocomplete="off"
              required
            />
          )}
        </Form>
      )}
      {errorText && (
        <p class="notice bad" role="alert">
          {errorText}
        </p>
      )}
      {list?.length === 0 && <p class="hint">{say('webhooks.none')}</p>}
      <ul class="entries" aria-label={say('webhooks.title')}>
        {list?.map((webhook) => (
          <li key={webhook.id} class="entry">
            <div class="what">
              <strong dir="auto">{webhook.name}</strong>
              <span class="hint">
                {say('webhooks.by', { name: `@${webhook.created_by}`, at: whenOf(webhook.created_at) })}
              </span>
              {webhook.creator_lost_right && (
                <span class="hint">{say('webhooks.stopped', { name: `@${webhook.created_by}` })}</span>
              )}
            </div>
            <button
              type="button"
              class="quiet danger"
              aria-label={say('webhooks.removeOne', { name: webhook.name })}
              onClick={() => void remove(webhook)}
            >
              {say('webhooks.remove')}
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  )
}
