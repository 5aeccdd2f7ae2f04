import { useEffect, useState } from 'preact/hooks'
import type { ApiToken, NewToken, TokenScope } from '../../protocol/tokens.ts'
import { useStore } from '../ground/context.ts'
import { useCurrent } from '../ground/use-until.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Secret } from '../kit/secret.tsx'
import { Select } from '../kit/select.tsx'
import { whenOf } from '../language/dates.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import type { TokenOwner } from './token-acts.ts'

const scopes: readonly TokenScope[] = ['read', 'write', 'rooms', 'admin']
const expiries = ['30', '90', '365', '3650'] as const

/** The tokens of one owner: create one, copy it, revoke it. */
export function Tokens({ owner, admin }: { owner: TokenOwner; admin: boolean }) {
  const store = useStore()
  const { tokens } = store
  const [loaded, setLoaded] = useState<readonly ApiToken[]>()
  const list = useCurrent(loaded)
  const [created, setCreated] = useState<string>()
  const [errorText, setErrorText] = useState<string>()
  const failed = (error: unknown) => setErrorText(sentenceFor(error))
  const key = owner === 'me' ? '' : owner.bot
  const load = () => tokens.list(owner).then(setLoaded, failed)
  useEffect(() => void load(), [key])

  const create = async (fields: FormData, form: HTMLFormElement) => {
    const { token } = await tokens.create(owner, newTokenOf(fields))
    setCreated(token)
    form.reset()
    await load()
  }
  const revoke = async ({ id, name }: ApiToken) => {
    const act = say('tokens.revokeOne', { name })
    const sure = await store.ask({ title: act, text: say('tokens.revokeText'), action: say('tokens.revoke') })
    if (sure) await tokens.revoke(owner, id).catch(failed).then(load)
  }

  return (
    <>
      {created && <Secret label={say('tokens.token')} text={created} note={say('tokens.once')} />}
      <Form keepAs={`token ${key}`} action={say('tokens.create')} onSubmit={create}>
        {(wrong) => (
          <>
            <Field
              name="name"
              label={say('tokens.name')}
              hint={say('tokens.nameHint')}
              wrong={wrong.name}
              maxlength={100}
              autocomplete="off"
              required
            />
            <fieldset class="choice">
              <legend>{say('tokens.may')}</legend>
              <div class="options down">
                {scopes
                  .filter((scope) => scope !== 'admin' || admin)
                  .map((scope) => (
                    <label key={scope}>
                      <input type="checkbox" name="scopes" value={scope} defaultChecked={scope === 'read'} />
                      <span>{say(`tokens.${scope}`)}</span>
                    </label>
                  ))}
              </div>
              {wrong.scopes && <p class="wrong">{say('tokens.noScope')}</p>}
            </fieldset>
            <Select
              name="days"
              label={say('tokens.expires')}
              value="365"
              options={expiries.map((days) => [days, expiryName(Number(days))])}
            />
          </>
        )}
      </Form>
      <section class="part">
        <h3>{say('tokens.list')}</h3>
        {errorText && (
          <p class="notice bad" role="alert">
            {errorText}
          </p>
        )}
        {list?.length === 0 && <p class="hint">{say('tokens.none')}</p>}
        <ul class="entries">
          {list?.map((token) => (
            <Line key={token.id} token={token} onRevoke={() => void revoke(token)} />
          ))}
        </ul>
      </section>
    </>
  )
}

function Line({ token, onRevoke }: { token: ApiToken; onRevoke: () => void }) {
  const may = token.scopes.map((scope) => say(`tokens.${scope}`)).join('; ')
  const used = token.used_at ? say('tokens.used', { at: whenOf(token.used_at) }) : say('tokens.unused')
  return (
    <li class="entry">
      <div class="what">
        <strong dir="auto">{token.name}</strong>
        <span class="hint">
          {[may, used, say('tokens.until', { at: whenOf(token.expires_at) })].join(' · ')}
        </span>
      </div>
      <button
        type="button"
        class="quiet danger"
        aria-label={say('tokens.revokeOne', { name: token.name })}
        onClick={onRevoke}
      >
        {say('tokens.revoke')}
      </button>
    </li>
  )
}

const expiryName = (days: number) =>
  days % 365 === 0 ? say('tokens.years', { n: days / 365 }) : say('tokens.days', { n: days })

const newTokenOf = (fields: FormData): NewToken => ({
  name: String(fields.get('name') ?? '').trim(),
  scopes: fields.getAll('scopes') as TokenScope[],
  expires_in_days: Number(fields.get('days')),
})
