import { useState } from 'preact/hooks'
import type { CreatedUser } from '../../protocol/one-time-links.ts'
import { useStore } from '../ground/context.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Secret } from '../kit/secret.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { whenOf } from '../language/dates.ts'
import { say } from '../language/say.ts'

/** An account for somebody else, who sets a password by the link that you give them. */
export function CreateAccount({ onClose }: { onClose: () => void }) {
  const { admin } = useStore()
  const [made, setMade] = useState<CreatedUser>()
  const create = async (fields: FormData) => {
    const filled = [...fields].map(([name, value]) => [name, String(value).trim()] as const)
    setMade(await admin.createAccount(Object.fromEntries(filled.filter(([, value]) => value !== ''))))
  }
  if (made) return <Created made={made} onClose={onClose} />
  return (
    <Sheet title={say('users.create')} onClose={onClose}>
      <p>{say('users.createText')}</p>
      <Form action={say('users.create')} onSubmit={create}>
        {(wrong) => (
          <>
            <Field
              name="display_name"
              label={say('profile.name')}
              wrong={wrong.display_name}
              maxlength={64}
              autocomplete="off"
              autofocus
            />
            <Field
              name="username"
              label={say('signIn.username')}
              wrong={wrong.username}
              autocomplete="off"
              required
            />
            <Field
              name="email"
              type="email"
              label={say('users.createEmail')}
              wrong={wrong.email}
              autocomplete="off"
            />
          </>
        )}
      </Form>
    </Sheet>
  )
}

function Created({ made: { user, link, expires_at }, onClose }: { made: CreatedUser; onClose: () => void }) {
  const name = user.display_name
  return (
    <Sheet title={say('users.created', { name })} onClose={onClose}>
      <p>{say('users.createdText', { name })}</p>
      <Secret
        label={say('users.signInLink')}
        text={link}
        note={say('users.signInLinkNote', { at: whenOf(expires_at) })}
      />
    </Sheet>
  )
}
