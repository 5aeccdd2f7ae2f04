import { useEffect, useState } from 'preact/hooks'
import type { User } from '../../protocol/users.ts'
import { useStore } from '../ground/context.ts'
import { Sheet } from '../kit/sheet.tsx'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import type { Person } from './people.ts'
import { PeoplePicker } from './people-picker.tsx'

type Props = {
  title: string
  label: string
  hint: string
  /** The name of the button that submits. */
  action: string
  /** The suggestions. */
  people: readonly Person[]
  most: number
  /** Who is chosen already when it opens. */
  chosen?: readonly Person[]
  /** Why a person who was found cannot be chosen; undefined if they can. */
  refuse: (user: User) => string | undefined
  /** Calls `done` for each person it is finished with: after an error only the others stay chosen. */
  submit: (chosen: readonly Person[], done: (person: Person) => void) => Promise<void>
  onClose: () => void
}

/** A sheet for choosing people and doing one thing with them. */
export function PeopleSheet(props: Props) {
  const { title, label, hint, action, people, most, refuse, submit, onClose } = props
  const store = useStore()
  const [chosen, setChosen] = useState(props.chosen ?? [])
  const [errorText, setErrorText] = useState<string>()
  const [busy, setBusy] = useState(false)
  useEffect(() => store.people.loadAcquaintances(), [store])

  // Who was chosen before the sheet was opened has a name when the people are loaded.
  const named = chosen.map((person) => people.find(({ username }) => username === person.username) ?? person)

  const find = async (username: string) => {
    setErrorText(undefined)
    try {
      const user = await store.people.find(username)
      const refusal = refuse(user)
      if (refusal === undefined)
        return { username: user.username, name: user.display_name, avatar: user.avatar }
      setErrorText(refusal)
    } catch (error) {
      setErrorText(sentenceFor(error, { not_found: say('picker.unknown', { name: `@${username}` }) }))
    }
    return undefined
  }
  const submitChosen = async () => {
    if (busy || chosen.length === 0) return
    setBusy(true)
    const left = new Set(chosen)
    try {
      await submit(chosen, (person) => left.delete(person))
      onClose()
    } catch (error) {
      setChosen([...left])
      setErrorText(sentenceFor(error))
      setBusy(false)
    }
  }

  return (
    <Sheet title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void submitChosen()
        }}
      >
        {errorText && (
          <p class="notice bad" role="alert">
            {errorText}
          </p>
        )}
        <PeoplePicker
          label={label}
          hint={hint}
          people={people}
          chosen={named}
          most={most}
          onChoose={(people) => {
            setErrorText(undefined)
            setChosen(people)
          }}
          onFind={find}
        />
        <div class="actions">
          <button type="button" class="quiet" onClick={onClose}>
            {say('act.cancel')}
          </button>
          <button type="submit" class="primary" disabled={chosen.length === 0} aria-disabled={busy}>
            {action}
          </button>
        </div>
      </form>
    </Sheet>
  )
}
