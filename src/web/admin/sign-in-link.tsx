import { useState } from 'preact/hooks'
import type { SignInLink } from '../../protocol/one-time-links.ts'
import type { User } from '../../protocol/users.ts'
import { useStore } from '../ground/context.ts'
import { Form } from '../kit/form.tsx'
import { Secret } from '../kit/secret.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { whenOf } from '../language/dates.ts'
import { say } from '../language/say.ts'

/** For a person who has forgotten their password. It is made when asked for, because it makes the older ones invalid. */
export function CreateSignInLink({ user, onClose }: { user: User; onClose: () => void }) {
  const { admin } = useStore()
  const [made, setMade] = useState<SignInLink>()
  return (
    <Sheet title={say('users.signInLink')} onClose={onClose}>
      <p>{say('users.signInLinkText', { name: user.display_name })}</p>
      {made ? (
        <Secret
          label={say('users.signInLink')}
          text={made.link}
          note={say('users.signInLinkNote', { at: whenOf(made.expires_at) })}
        />
      ) : (
        <Form
          action={say('users.createSignInLink')}
          onSubmit={async () => setMade(await admin.createSignInLink(user.username))}
        >
          {() => null}
        </Form>
      )}
    </Sheet>
  )
}
