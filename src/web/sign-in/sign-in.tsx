import { useEffect, useRef, useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { hasKeyboard } from '../ground/media.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Password } from '../kit/password.tsx'
import { type ErrorText, type Sentences, sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import type { SignInFields } from './acts.ts'
import { Forgotten, ForgottenLink } from './forgotten.tsx'
import { SignedOutPage } from './signed-out-page.tsx'

type Way = 'login' | 'signup' | 'setup' | 'forgot'

/** Sign in, sign up, or, with the link that the server printed, become its first administrator. */
export function SignIn() {
  const store = useStore()
  const invited = store.route.value.view === 'invite'
  const code = store.signIn.setUpCode.value
  const [way, setWay] = useState<Way>(code ? 'setup' : invited ? 'signup' : 'login')
  // The link may also be opened while the page shows the sign-in already.
  useEffect(() => {
    if (code) setWay('setup')
  }, [code])
  const body = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (hasKeyboard()) body.current?.querySelector('input')?.focus()
  }, [way])

  if (way === 'forgot')
    return (
      <SignedOutPage body={body}>
        <Forgotten onBack={() => setWay('login')} />
      </SignedOutPage>
    )
  return (
    <SignedOutPage body={body}>
      <h2>{say(`signIn.${way}`)}</h2>
      {store.farewell.value && way === 'login' && (
        <p class="notice" role="status">
          {store.farewell.value}
        </p>
      )}
      {invited && <Invited />}
      {way === 'setup' && <p>{say('signIn.setupText')}</p>}
      <Form
        key={way}
        action={say(
          way === 'login' ? 'signIn.login' : way === 'signup' ? 'signIn.create' : 'signIn.createAdmin',
        )}
        refusals={refusalsOf(way, invited)}
        onSubmit={(fields) => store.signIn[way](signInFieldsOf(fields))}
      >
        {(wrong) => <Fields way={way} wrong={wrong} />}
      </Form>
      {way === 'login' && <ForgottenLink onOpen={() => setWay('forgot')} />}
      <p class="other">
        {say(way === 'login' ? 'signIn.new' : 'signIn.known')}{' '}
        <button type="button" class="link" onClick={() => setWay(way === 'login' ? 'signup' : 'login')}>
          {say(way === 'login' ? 'signIn.toSignup' : 'signIn.login')}
        </button>
      </p>
    </SignedOutPage>
  )
}

/** Who invites to which room; until the server has said it, that there is an invitation. */
function Invited() {
  const { signIn } = useStore()
  const [text, setText] = useState(say('signIn.invited'))
  useEffect(() => {
    signIn.inviteOffer().then(
      (offer) => offer && setText(say('signIn.invitedTo', { name: offer.invited_by, room: offer.title })),
      (error) => setText(sentenceFor(error)),
    )
  }, [])
  return <p class="notice">{text}</p>
}

function refusalsOf(way: Exclude<Way, 'forgot'>, invited: boolean): Sentences {
  if (way === 'login') return { unauthenticated: say('signIn.mismatch') }
  if (way === 'setup') return { forbidden: say('signIn.setupOver') }
  return { forbidden: say(invited ? 'signIn.notInvited' : 'signIn.closed') }
}

function Fields({ way, wrong }: { way: Exclude<Way, 'forgot'>; wrong: ErrorText['fields'] }) {
  const making = way !== 'login'
  return (
    <>
      <Field
        name="username"
        label={say(making ? 'signIn.username' : 'signIn.usernameOrEmail')}
        hint={making ? say('signIn.usernameHint') : undefined}
        wrong={wrong.username}
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        required
      />
      {making && <Email isSetup={way === 'setup'} wrong={wrong.email} />}
      <Password
        name="password"
        label={say('account.password')}
        hint={making ? say('signIn.passwordHint') : undefined}
        wrong={wrong.password}
        autocomplete={making ? 'new-password' : 'current-password'}
        isNew={making}
      />
    </>
  )
}

/** The set-up link needs no address, whatever the server asks of others. */
function Email({ isSetup, wrong }: { isSetup: boolean; wrong: string | undefined }) {
  const { signIn } = useStore()
  const [required, setRequired] = useState(false)
  useEffect(() => {
    // Without a response nobody can sign up anyway, and then the form says so.
    if (!isSetup) signIn.needsEmail().then(setRequired, () => {})
  }, [isSetup])
  return (
    <Field
      name="email"
      type="email"
      label={say('profile.email')}
      hint={say(required ? 'profile.emailHint' : 'signIn.emailHint')}
      wrong={wrong}
      autocomplete="email"
      required={required}
    />
  )
}

function signInFieldsOf(fields: FormData): SignInFields {
  const text = (name: string) => String(fields.get(name) ?? '')
  return { username: text('username').trim(), email: text('email').trim(), password: text('password') }
}
