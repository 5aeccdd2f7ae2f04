import { useEffect, useRef, useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { hasKeyboard } from '../ground/media.ts'
import type { OneTimeLink } from '../ground/route.ts'
import { Form } from '../kit/form.tsx'
import { Password } from '../kit/password.tsx'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { SignedOutPage } from './signed-out-page.tsx'

const views = { signIn: SignInByLink, reset: ResetPassword, confirm: ConfirmEmail, unsubscribe: Unsubscribe }

/** What a one-time link is for. Nothing happens when it is opened: a program that looks at links must not use it up. */
export function OneTimeLinkView({ link }: { link: OneTimeLink }) {
  const { signIn } = useStore()
  const body = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (hasKeyboard()) body.current?.querySelector<HTMLElement>('input, .primary')?.focus()
  }, [])
  const View = views[link.kind]
  return (
    <SignedOutPage body={body}>
      <View />
      <p class="other">
        <button type="button" class="link" onClick={signIn.leaveLink}>
          {say(link.kind === 'signIn' ? 'act.cancel' : 'link.leave')}
        </button>
      </p>
    </SignedOutPage>
  )
}

function SignInByLink() {
  const { signIn } = useStore()
  const [failed, setFailed] = useState<string>()
  const [busy, setBusy] = useState(false)
  const enter = async () => {
    if (busy) return
    setBusy(true)
    setFailed(undefined)
    await signIn.enterByLink().catch((error) => setFailed(sentenceFor(error)))
    setBusy(false)
  }
  return (
    <>
      <h2>{say('link.signIn')}</h2>
      <p>{say('link.signInText')}</p>
      <NewPassword action={say('link.saveAndEnter')} onSubmit={signIn.enterByLink} />
      {failed && (
        <p class="notice bad" role="alert">
          {failed}
        </p>
      )}
      <p class="other">
        <button type="button" class="link" aria-disabled={busy} onClick={enter}>
          {say('link.enter')}
        </button>
      </p>
    </>
  )
}

function ResetPassword() {
  const { signIn } = useStore()
  const [done, setDone] = useState(false)
  if (done)
    return (
      <>
        <h2>{say('link.reset')}</h2>
        <p class="notice" role="status">
          {say('link.resetDone')}
        </p>
      </>
    )
  return (
    <>
      <h2>{say('link.reset')}</h2>
      <p>{say('link.resetText')}</p>
      <NewPassword
        action={say('link.save')}
        onSubmit={async (password) => {
          await signIn.resetPassword(password)
          setDone(true)
        }}
      />
    </>
  )
}

function ConfirmEmail() {
  const { signIn } = useStore()
  return (
    <OneStep
      title={say('link.confirm')}
      text={say('link.confirmText')}
      action={say('link.confirmAction')}
      done={say('link.confirmDone')}
      onSubmit={signIn.confirmEmail}
    />
  )
}

function Unsubscribe() {
  const { signIn } = useStore()
  return (
    <OneStep
      title={say('link.unsubscribe')}
      text={say('link.unsubscribeText')}
      action={say('link.unsubscribeAction')}
      done={say('link.unsubscribeDone')}
      onSubmit={signIn.unsubscribe}
    />
  )
}

type OneStepProps = {
  title: string
  text: string
  action: string
  done: string
  onSubmit: () => Promise<void>
}

function OneStep({ title, text, action, done, onSubmit }: OneStepProps) {
  const [isDone, setDone] = useState(false)
  return (
    <>
      <h2>{title}</h2>
      {isDone ? (
        <p class="notice" role="status">
          {done}
        </p>
      ) : (
        <>
          <p>{text}</p>
          <Form action={action} onSubmit={() => onSubmit().then(() => setDone(true))}>
            {() => null}
          </Form>
        </>
      )}
    </>
  )
}

type NewPasswordProps = { action: string; onSubmit: (password: string) => Promise<void> }

function NewPassword({ action, onSubmit }: NewPasswordProps) {
  return (
    <Form action={action} onSubmit={(fields) => onSubmit(String(fields.get('password') ?? ''))}>
      {(wrong) => (
        <Password
          name="password"
          label={say('account.passwordNew')}
          hint={say('signIn.passwordHint')}
          wrong={wrong.password}
          autocomplete="new-password"
          isNew
        />
      )}
    </Form>
  )
}
