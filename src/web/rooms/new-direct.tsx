import { useMemo } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { say } from '../language/say.ts'
import { acquaintances } from '../people/people.ts'
import { PeopleSheet } from '../people/people-sheet.tsx'

/** Ten with you, the limit of the server. */
const most = 9

/** Starts a direct room with one person or several. */
export function NewDirectSheet({ onClose }: { onClose: () => void }) {
  const store = useStore()
  const { rooms, me } = store.state.value
  const people = useMemo(() => acquaintances({ rooms, ...(me ? { me } : {}) }), [rooms, me])
  return (
    <PeopleSheet
      title={say('new.direct')}
      label={say('direct.to')}
      hint={say('direct.hint')}
      action={say('direct.write')}
      people={people}
      most={most}
      refuse={({ username }) => (username === me?.username ? say('direct.yourself') : undefined)}
      submit={(chosen) => store.people.openDirect(chosen.map(({ username }) => username))}
      onClose={onClose}
    />
  )
}
