import { useEffect, useMemo, useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { Sheet } from '../kit/sheet.tsx'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { acquaintances, type Person } from '../people/people.ts'
import { PeoplePicker } from '../people/people-picker.tsx'

/** Ten with you, the limit of the server. */
const most = 9

/** Starts a direct room with one person or several. */
export function NewDirect({ onClose }: { onClose: () => void }) {
  const store = useStore()
  const { rooms, me } = store.state.value
  const [chosen, setChosen] = useState<readonly Person[]>([])
  const [errorText, setErrorText] = useState<string>()
  const [busy, setBusy] = useState(false)
  const people = useMemo(() => acquaintances({ rooms, ...(me ? { me } : {}) }), [rooms, me])
  useEffect(() => store.people.loadAcquaintances(), [store])

  const find = async (username: string) => {
    setErrorText(undefined)
    try {
      const user = await store.people.find(username)
      if (user.username === me?.username) setErrorText(say('direct.yourself'))
      else return { username: user.username, name: user.display_name }
    } catch (error) {
      setErrorText(sentenceFor(error, { not_found: say('picker.unknown', { name: `@${username}` }) }))
    }
    return undefined
  }
  const write = async () => {
    if (busy || chosen.length === 0) return
    setBusy(true)
    try {
      await store.people.openDirect(chosen.map(({ username }) => username))
      onClose()
    } catch (error) {
      setErrorText(sentenceFor(error))
      setBusy(false)
    }
  }

  return (
    <Sheet title={say('new.direct')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void write()
        }}
      >
        {errorText && (
          <p class="notice bad" role="alert">
            {errorText}
          </p>
        )}
        <PeoplePicker
          label={say('direct.to')}
          hint={say('direct.hint')}
          people={people}
          chosen={chosen}
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
            {say('direct.write')}
          </button>
        </div>
      </form>
    </Sheet>
  )
}
