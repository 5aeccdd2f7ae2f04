import { useEffect, useState } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { Sheet } from '../kit/sheet.tsx'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { acquaintances, type Person } from '../people/people.ts'
import { PeoplePicker } from '../people/people-picker.tsx'

const most = 20

/** Adds people to a room. People you share no room with get an invitation. */
export function AddMember({ room, onClose }: { room: RoomState; onClose: () => void }) {
  const store = useStore()
  const [chosen, setChosen] = useState<readonly Person[]>([])
  const [errorText, setErrorText] = useState<string>()
  const [busy, setBusy] = useState(false)
  const inside = new Set((room.members ?? []).map(({ username }) => username))
  const people = acquaintances(store.state.value).filter(({ username }) => !inside.has(username))
  useEffect(() => store.people.loadAcquaintances(), [store])

  const find = async (username: string) => {
    setErrorText(undefined)
    try {
      const user = await store.people.find(username)
      if (inside.has(user.username)) setErrorText(say('add.inside', { name: user.display_name }))
      else return { username: user.username, name: user.display_name }
    } catch (error) {
      setErrorText(sentenceFor(error, { not_found: say('picker.unknown', { name: `@${username}` }) }))
    }
    return undefined
  }
  const add = async () => {
    if (busy || chosen.length === 0) return
    setBusy(true)
    const left = [...chosen]
    try {
      for (const { username } of chosen) {
        await store.members.add(room.id, username)
        left.shift()
      }
      onClose()
    } catch (error) {
      // Some people may be added already: the others stay chosen.
      setChosen(left)
      setErrorText(sentenceFor(error))
      setBusy(false)
    }
  }

  return (
    <Sheet title={say('people.add')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void add()
        }}
      >
        {errorText && (
          <p class="notice bad" role="alert">
            {errorText}
          </p>
        )}
        <PeoplePicker
          label={say('add.whom')}
          hint={say('add.hint')}
          people={people}
          chosen={chosen}
          most={most}
          onChoose={setChosen}
          onFind={find}
        />
        <div class="actions">
          <button type="button" class="quiet" onClick={onClose}>
            {say('act.cancel')}
          </button>
          <button type="submit" class="primary" disabled={chosen.length === 0} aria-disabled={busy}>
            {say('add.act')}
          </button>
        </div>
      </form>
    </Sheet>
  )
}
