import { useMemo } from 'preact/hooks'
import { roomOf } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { say } from '../language/say.ts'
import { acquaintances, othersIn } from '../people/people.ts'
import { PeopleSheet } from '../people/people-sheet.tsx'

/** Ten with you, the limit of the server. */
const most = 9

/**
 * Starts a direct room with one person or several. Nobody can be added to a direct room or leave it: with the people of one
 * (`from`) chosen already, you start another with more people, or fewer.
 */
export function NewDirectSheet({ from, onClose }: { from: string | undefined; onClose: () => void }) {
  const store = useStore()
  const { rooms, me } = store.state.value
  const people = useMemo(() => acquaintances({ rooms, ...(me ? { me } : {}) }), [rooms, me])
  const room = from === undefined ? undefined : roomOf(store.state.value, from)
  const nameOf = (username: string) =>
    people.find((person) => person.username === username)?.name ??
    (room?.people?.length === 2 ? room.title : username)
  return (
    <PeopleSheet
      title={say(room ? 'direct.newGroup' : 'new.direct')}
      label={say('direct.to')}
      hint={say(room ? 'direct.newGroupHint' : 'direct.hint')}
      chosen={othersIn(room, me?.username).map((username) => ({ username, name: nameOf(username) }))}
      action={say('direct.write')}
      people={people}
      most={most}
      refuse={({ username }) => (username === me?.username ? say('direct.yourself') : undefined)}
      submit={(chosen) => store.people.openDirect(chosen.map(({ username }) => username))}
      onClose={onClose}
    />
  )
}
