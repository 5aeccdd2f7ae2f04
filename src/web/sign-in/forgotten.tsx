import { useEffect, useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { say } from '../language/say.ts'

/** A link where a mail can follow; elsewhere the word that an administrator helps. */
export function ForgottenLink({ onOpen }: { onOpen: () => void }) {
  const { signIn } = useStore()
  const [offered, setOffered] = useState<boolean>()
  useEffect(() => void signIn.sendsMail().then(setOffered, () => {}), [signIn])
  if (offered === undefined) return null
  if (!offered) return <p class="other">{say('forgot.ask')}</p>
  return (
    <p class="other">
      <button type="button" class="link" onClick={onOpen}>
        {say('forgot.link')}
      </button>
    </p>
  )
}

/** The same sentence for every address: it says nothing about who has an account. */
export function Forgotten({ onBack }: { onBack: () => void }) {
  const { signIn } = useStore()
  const [asked, setAsked] = useState(false)
  return (
    <>
      <h2>{say('forgot.title')}</h2>
      {asked ? (
        <p class="notice" role="status">
          {say('forgot.done')}
        </p>
      ) : (
        <>
          <p>{say('forgot.text')}</p>
          <Form
            action={say('forgot.send')}
            onSubmit={async (fields) => {
              await signIn.forgotPassword(String(fields.get('email') ?? '').trim())
              setAsked(true)
            }}
          >
            {(wrong) => (
              <Field
                name="email"
                type="email"
                label={say('profile.email')}
                wrong={wrong.email}
                autocomplete="email"
                required
              />
            )}
          </Form>
        </>
      )}
      <p class="other">
        <button type="button" class="link" onClick={onBack}>
          {say('forgot.back')}
        </button>
      </p>
    </>
  )
}
