import { useEffect, useState } from 'preact/hooks'
import type { User } from '../../protocol/users.ts'
import { useStore } from '../ground/context.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { Tokens } from '../settings/token-list.tsx'

export function Bots() {
  const store = useStore()
  const [bots, setBots] = useState<readonly User[]>()
  const [open, setOpen] = useState<User>()
  const load = () =>
    store.admin.bots().then(setBots, (error) => {
      store.toast.value = sentenceFor(error)
    })
  useEffect(() => void load(), [])

  const create = async (fields: FormData, form: HTMLFormElement) => {
    const [username, name] = ['username', 'display_name'].map((each) => String(fields.get(each) ?? '').trim())
    const bot = await store.admin.createBot({ username: username!, ...(name ? { display_name: name } : {}) })
    form.reset()
    await load()
    setOpen(bot)
  }

  return (
    <>
      <p>{say('bots.text')}</p>
      <Form keepAs="bot" action={say('bots.create')} onSubmit={create}>
        {(wrong) => (
          <>
            <Field
              name="username"
              label={say('signIn.username')}
              hint={say('signIn.usernameHint')}
              wrong={wrong.username}
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              required
            />
            <Field
              name="display_name"
              label={say('profile.name')}
              hint={say('profile.nameHint')}
              wrong={wrong.display_name}
              maxlength={64}
              autocomplete="off"
            />
          </>
        )}
      </Form>
      {bots?.length === 0 && <p class="hint">{say('bots.none')}</p>}
      <ul class="entries" aria-label={say('admin.bots')}>
        {bots?.map((bot) => (
          <li key={bot.username} class="entry">
            <div class="what">
              <strong dir="auto">{bot.display_name}</strong>
              <span class="hint">@{bot.username}</span>
            </div>
            <button
              type="button"
              class="quiet"
              aria-label={say('bots.tokensOf', { name: bot.display_name })}
              onClick={() => setOpen(bot)}
            >
              {say('settings.tokens')}
            </button>
          </li>
        ))}
      </ul>
      {open && (
        <Sheet title={open.display_name} onClose={() => setOpen(undefined)} wide>
          <Tokens owner={{ bot: open.username }} admin={open.roles.includes('admin')} />
        </Sheet>
      )}
    </>
  )
}
