import { useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { Choice } from '../kit/choice.tsx'
import { ExportButton } from '../kit/export-button.tsx'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Password } from '../kit/password.tsx'
import { say } from '../language/say.ts'
import { useConfirmation } from './use-confirmation.tsx'

export function AccountSettings() {
  return (
    <>
      <section class="part">
        <h3>{say('account.password')}</h3>
        <ChangePassword />
      </section>
      <section class="part">
        <h3>{say('export.title')}</h3>
        <p>{say('export.text')}</p>
        <ExportButton action={say('export.own')} />
      </section>
      <section class="part">
        <h3>{say('account.erase')}</h3>
        <Erase />
      </section>
    </>
  )
}

function ChangePassword() {
  const store = useStore()
  const change = async (fields: FormData, form: HTMLFormElement) => {
    const [current_password, new_password] = ['current_password', 'new_password'].map((name) =>
      String(fields.get(name) ?? ''),
    ) as [string, string]
    await store.account.changePassword({ current_password, new_password })
    form.reset()
  }
  return (
    <Form action={say('account.passwordChange')} done={say('account.passwordDone')} onSubmit={change}>
      {(wrong) => (
        <>
          <input
            type="hidden"
            name="username"
            autocomplete="username"
            value={store.state.value.me?.username}
          />
          <Password
            name="current_password"
            label={say('account.passwordNow')}
            wrong={wrong.current_password}
            autocomplete="current-password"
          />
          <Password
            name="new_password"
            label={say('account.passwordNew')}
            hint={say('account.passwordHint')}
            wrong={wrong.new_password ?? wrong.password}
            autocomplete="new-password"
            isNew
          />
        </>
      )}
    </Form>
  )
}

/** Asks you to type your username, because this cannot be undone; and for your password, if the server wants it. */
function Erase() {
  const store = useStore()
  const username = store.state.value.me?.username ?? ''
  const [differs, setDiffers] = useState(false)
  const { confirmed, passwordField } = useConfirmation()
  const erase = async (fields: FormData) => {
    const same =
      String(fields.get('own_name') ?? '')
        .trim()
        .replace(/^@/, '')
        .toLowerCase() === username
    setDiffers(!same)
    if (!same) return
    const sure = await store.ask({
      title: say('account.erase'),
      text: say('account.eraseText'),
      action: say('account.erase'),
    })
    const messages = fields.get('messages') === 'delete' ? 'delete' : 'keep'
    if (sure) await confirmed(fields, (password) => store.account.erase({ messages, ...password }))
  }
  return (
    <Form
      action={say('account.erase')}
      danger
      refusals={{ conflict: say('account.lastAdmin') }}
      onSubmit={erase}
    >
      {(wrong) => (
        <>
          <p>{say('account.eraseHint')}</p>
          <Choice
            name="messages"
            label={say('account.messages')}
            value="keep"
            options={[
              ['keep', say('account.messagesKeep')],
              ['delete', say('account.messagesDelete')],
            ]}
          />
          <Field
            name="own_name"
            label={say('account.eraseType')}
            hint={username}
            wrong={differs ? say('account.eraseDiffers', { name: username }) : wrong.own_name}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
          />
          {passwordField(wrong)}
        </>
      )}
    </Form>
  )
}
