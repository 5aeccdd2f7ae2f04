import { useState } from 'preact/hooks'
import { RequestError } from '../../sdk/errors.ts'
import { Password } from '../kit/password.tsx'
import { say } from '../language/say.ts'

type CurrentPassword = { current_password?: string }

/** Some changes need your password unless you have just signed in. The server decides, and then the form has the field. */
export function useConfirmation() {
  const [asked, setAsked] = useState(false)

  async function confirmed(fields: FormData, act: (password: CurrentPassword) => Promise<void>) {
    const password = fields.get('current_password')
    try {
      await act(password === null ? {} : { current_password: String(password) })
      setAsked(false)
    } catch (error) {
      if (error instanceof RequestError && error.reason === 'confirm_password') setAsked(true)
      throw error
    }
  }

  const passwordField = (wrong: Record<string, string>) =>
    asked && (
      <Password
        name="current_password"
        label={say('account.passwordNow')}
        wrong={wrong.current_password}
        autocomplete="current-password"
      />
    )

  return { confirmed, passwordField }
}
