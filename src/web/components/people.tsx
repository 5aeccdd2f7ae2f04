import { hueOf } from '../hue.ts'

export type Person = { username: string; name: string; role?: string | undefined }
type Props = { here: readonly Person[]; away: readonly Person[]; me: string | undefined; onLeave: () => void }

export function People({ here, away, me, onLeave }: Props) {
  const line = (person: Person, present: boolean) => {
    const role = person.role === 'member' ? undefined : person.role
    const notes = [person.username === me ? 'you' : undefined, role].filter((note) => note !== undefined)
    return (
      <li key={person.username} class={present ? '' : 'away'}>
        <span class={present ? 'dot' : 'dot away'} />
        <span class={present ? `name ${hueOf(person.username)}` : 'name'} title={`@${person.username}`}>
          <bdi>{person.name}</bdi>
        </span>
        <span class="role">{notes.join(', ')}</span>
      </li>
    )
  }
  return (
    <aside class="people" id="people" aria-label="People in this room">
      <h3>Here now</h3>
      <ul>{here.map((person) => line(person, true))}</ul>
      {away.length > 0 && (
        <>
          <h3>Away</h3>
          <ul>{away.map((person) => line(person, false))}</ul>
        </>
      )}
      <button type="button" class="quiet" onClick={onLeave}>
        Leave this room
      </button>
    </aside>
  )
}
