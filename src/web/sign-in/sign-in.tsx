import { useEffect, useRef, useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { hasKeyboard } from '../ground/media.ts'
import { preferences } from '../ground/preferences.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Mark } from '../kit/mark.tsx'
import { Password } from '../kit/password.tsx'
import type { ErrorText, Sentences } from '../language/error-text.ts'
import { language, languages } from '../language/language.ts'
import { say } from '../language/say.ts'
import type { SignInFields } from './acts.ts'

type Way = 'login' | 'signup' | 'setup'

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

  return (
    <div class="door">
      <header class="door-front">
        <Mark />
        <h1>{say('app.name')}</h1>
        <p>{say('app.motto')}</p>
      </header>
      <main class="door-form">
        <div class="door-body" ref={body}>
          <h2>{say(`door.${way}`)}</h2>
          {store.farewell.value && way === 'login' && (
            <p class="notice" role="status">
              {store.farewell.value}
            </p>
          )}
          {invited && <p class="notice">{say('door.invited')}</p>}
          {way === 'setup' && <p>{say('door.setupText')}</p>}
          <Form
            key={way}
            action={say(
              way === 'login' ? 'door.login' : way === 'signup' ? 'door.create' : 'door.createAdmin',
            )}
            refusals={refusalsOf(way, invited)}
            onSubmit={(fields) => store.signIn[way](signInFieldsOf(fields))}
          >
            {(wrong) => <Fields way={way} wrong={wrong} />}
          </Form>
          <p class="other">
            {say(way === 'login' ? 'door.new' : 'door.known')}{' '}
            <button type="button" class="link" onClick={() => setWay(way === 'login' ? 'signup' : 'login')}>
              {say(way === 'login' ? 'door.toSignup' : 'door.login')}
            </button>
          </p>
        </div>
        <Languages />
      </main>
    </div>
  )
}

function refusalsOf(way: Way, invited: boolean): Sentences {
  if (way === 'login') return { unauthenticated: say('door.mismatch') }
  if (way === 'setup') return { forbidden: say('door.setupOver') }
  return { forbidden: say(invited ? 'door.notInvited' : 'door.closed') }
}

function Fields({ way, wrong }: { way: Way; wrong: ErrorText['fields'] }) {
  const making = way !== 'login'
  return (
    <>
      <Field
        name="username"
        label={say(making ? 'door.username' : 'door.usernameOrEmail')}
        hint={making ? say('door.usernameHint') : undefined}
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
        hint={making ? say('door.passwordHint') : undefined}
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
      hint={say(required ? 'profile.emailHint' : 'door.emailHint')}
      wrong={wrong}
      autocomplete="email"
      required={required}
    />
  )
}

/** Each language under its own name: a person who wants to change the language may not read the current one. */
function Languages() {
  return (
    <fieldset class="languages">
      <legend class="unseen">{say('look.language')}</legend>
      {Object.entries(languages).map(([tag, name]) => (
        <button
          key={tag}
          type="button"
          class="link"
          lang={tag}
          aria-current={tag === language.value}
          onClick={() => (preferences.language.value = tag)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  )
}

function signInFieldsOf(fields: FormData): SignInFields {
  const text = (name: string) => String(fields.get(name) ?? '')
  return { username: text('username').trim(), email: text('email').trim(), password: text('password') }
}
