import { useEffect, useState } from 'preact/hooks'
import type { OutgoingWebhook } from '../../protocol/outgoing-webhooks.ts'
import { useStore } from '../ground/context.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Secret } from '../kit/secret.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { whenOf } from '../language/dates.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'

/** Where the events of a room are sent, for its owners. */
export function OutgoingWebhooks({ room, onClose }: { room: string; onClose: () => void }) {
  const store = useStore()
  const { webhooks } = store
  const [list, setList] = useState<readonly OutgoingWebhook[]>()
  const [secret, setSecret] = useState<string>()
  const [errorText, setErrorText] = useState<string>()
  const failed = (error: unknown) => setErrorText(sentenceFor(error))
  const load = () => webhooks.listOutgoing(room).then(setList, failed)
  useEffect(() => void load(), [room])

  const create = async (fields: FormData, form: HTMLFormElement) => {
    const url = String(fields.get('url') ?? '').trim()
    const created = await webhooks.createOutgoing(room, url, fields.get('only') !== null)
    setSecret(created.secret)
    form.reset()
    await load()
  }
  const pause = ({ id, state }: OutgoingWebhook) =>
    webhooks
      .pauseOutgoing(room, id, state !== 'paused')
      .catch(failed)
      .then(load)
  const remove = async (webhook: OutgoingWebhook) => {
    const act = say('outgoing.removeOne', { host: hostOf(webhook) })
    const sure = await store.ask({
      title: act,
      text: say('outgoing.removeText'),
      action: say('outgoing.remove'),
    })
    if (sure) await webhooks.removeOutgoing(room, webhook.id).catch(failed).then(load)
  }

  return (
    <Sheet title={say('outgoing.title')} onClose={onClose} wide>
      <p>{say('outgoing.text')}</p>
      {secret && <Secret label={say('outgoing.secret')} text={secret} note={say('tokens.once')} />}
      <Form keepAs={`outgoing ${room}`} action={say('outgoing.create')} onSubmit={create}>
        {(wrong) => (
          <>
            <Field
              name="url"
              label={say('outgoing.url')}
              hint={say('outgoing.hint')}
              wrong={wrong.url}
              maxlength={2048}
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              required
            />
            <fieldset class="choice">
              <div class="options down">
                <label>
                  <input type="checkbox" name="only" />
                  <span dir="auto">{say('outgoing.only')}</span>
                </label>
              </div>
            </fieldset>
          </>
        )}
      </Form>
      {errorText && (
        <p class="notice bad" role="alert">
          {errorText}
        </p>
      )}
      {list?.length === 0 && <p class="hint">{say('outgoing.none')}</p>}
      <ul class="entries" aria-label={say('outgoing.title')}>
        {list?.map((webhook) => (
          <li key={webhook.id} class="entry">
            <div class="what">
              <strong dir="ltr">{hostOf(webhook)}</strong>
              <span class="hint">
                {say('webhooks.by', { name: `@${webhook.created_by}`, at: whenOf(webhook.created_at) })}
              </span>
              <span class="hint">{stateText(webhook)}</span>
              {webhook.behind > 0 && (
                <span class="hint">{say('outgoing.waiting', { n: webhook.behind })}</span>
              )}
              {webhook.creator_lost_right && (
                <span class="hint">{say('outgoing.stopped', { name: `@${webhook.created_by}` })}</span>
              )}
            </div>
            <button
              type="button"
              class="quiet"
              aria-label={say(webhook.state === 'paused' ? 'outgoing.resumeOne' : 'outgoing.pauseOne', {
                host: hostOf(webhook),
              })}
              onClick={() => void pause(webhook)}
            >
              {say(webhook.state === 'paused' ? 'outgoing.resume' : 'outgoing.pause')}
            </button>
            <button
              type="button"
              class="quiet danger"
              aria-label={say('outgoing.removeOne', { host: hostOf(webhook) })}
              onClick={() => void remove(webhook)}
            >
              {say('outgoing.remove')}
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  )
}

/** The rest of an address is often a secret. */
const hostOf = ({ url }: OutgoingWebhook): string => URL.parse(url)?.host ?? '?'

function stateText({ state, paused_for, failure, failing_since, behind }: OutgoingWebhook): string {
  const reason = failure
    ? say(`outgoing.reason.${failure.reason}`, { status: String(failure.status ?? '') })
    : say('outgoing.reason.not_reached')
  if (state === 'paused')
    return paused_for === undefined || paused_for === 'person'
      ? say('outgoing.paused')
      : say(`outgoing.paused_${paused_for}`, { reason })
  if (state === 'failing' && failing_since)
    return say('outgoing.failing', { at: whenOf(failing_since), reason })
  return behind === 0 ? say('outgoing.working') : ''
}
