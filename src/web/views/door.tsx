import { useState } from 'preact/hooks'
import { Field } from '../components/field.tsx'
import { Mark } from '../components/mark.tsx'
import { useStore } from '../context.ts'
import { type Fault, faultOf } from '../fault.ts'
import type { Credentials } from '../store.ts'

type Way = 'login' | 'signup' | 'setup'

const ways = {
  login: { title: 'Sign in', action: 'Sign in' },
  signup: { title: 'Create your account', action: 'Create account' },
  setup: { title: 'Set up this server', action: 'Create the first admin' },
} as const

/** Where everyone comes in: sign in, sign up, or, with the link the server printed, become its first admin. */
export function Door() {
  const store = useStore()
  const [way, setWay] = useState<Way>(store.setUpCode.value ? 'setup' : 'login')
  const [fault, setFault] = useState<Fault>()
  const [busy, setBusy] = useState(false)

  const go = (next: Way) => {
    setFault(undefined)
    setWay(next)
  }
  const enter = async (form: HTMLFormElement) => {
    if (busy) return
    const credentials = credentialsOf(form)
    setFault(undefined)
    setBusy(true)
    try {
      await store[way](credentials)
    } catch (error) {
      setFault(faultOf(error))
      setBusy(false)
    }
  }

  return (
    <div class="door">
      <header class="door-front">
        <Mark />
        <h1>Parley</h1>
        <p>Every message, in order, once.</p>
      </header>
      <main class="door-form">
        <form
          key={way}
          onSubmit={(event) => {
            event.preventDefault()
            enter(event.currentTarget)
          }}
        >
          <h2>{ways[way].title}</h2>
          {store.farewell.value && way === 'login' && (
            <p class="notice" role="status">
              {store.farewell.value}
            </p>
          )}
          {way === 'setup' && (
            <p>Nobody runs this server yet. The account you make now will be its administrator.</p>
          )}
          {fault?.message && (
            <p class="notice bad" role="alert">
              {fault.message}
            </p>
          )}
          <Fields way={way} fields={fault?.fields ?? {}} />
          <button type="submit" class="primary" aria-disabled={busy}>
            {busy ? 'One moment…' : ways[way].action}
          </button>
          <p class="other">
            {way === 'login' ? 'New here? ' : 'Have an account? '}
            <button type="button" class="link" onClick={() => go(way === 'login' ? 'signup' : 'login')}>
              {way === 'login' ? 'Create an account' : 'Sign in'}
            </button>
          </p>
        </form>
      </main>
    </div>
  )
}

function Fields({ way, fields }: { way: Way; fields: Fault['fields'] }) {
  const making = way !== 'login'
  return (
    <>
      <Field
        name="username"
        label={making ? 'Username' : 'Username or email'}
        hint={making ? '3 to 32 letters, digits, dots, dashes or underscores. It stays yours.' : undefined}
        wrong={fields.username}
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        required
      />
      {making && (
        <Field
          name="email"
          type="email"
          label="Email"
          hint="Only you and the administrators see it."
          wrong={fields.email}
          autocomplete="email"
          required
        />
      )}
      <Field
        name="password"
        type="password"
        label="Password"
        hint={making ? 'At least 8 characters.' : undefined}
        wrong={fields.password}
        autocomplete={making ? 'new-password' : 'current-password'}
        {...(making ? { minlength: 8 } : {})}
        required
      />
    </>
  )
}

function credentialsOf(form: HTMLFormElement): Credentials {
  const fields = new FormData(form)
  const text = (name: string) => String(fields.get(name) ?? '')
  return { username: text('username').trim(), email: text('email').trim(), password: text('password') }
}
