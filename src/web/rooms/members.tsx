import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { isFound } from '../ground/search.ts'
import { usePowers } from '../ground/use-powers.ts'
import { useUntil } from '../ground/use-until.ts'
import { Icon } from '../kit/icon.tsx'
import { useTypedQuery } from '../kit/typed.ts'
import { say } from '../language/say.ts'
import { Face } from '../people/face.tsx'
import { hueOf } from '../people/hue.ts'
import { membersIn, type Person } from '../people/people.ts'
import { PersonLink } from '../people/person-link.tsx'
import { StatusSign } from '../people/status-sign.tsx'

/** With more people than this, the list has a search field. */
const many = 15
const linesAtOnce = 200

/** The members of the room: those who are online, then the others. */
export function Members({ room, tabs }: { room: RoomState; tabs?: ComponentChildren }) {
  const store = useStore()
  const { me } = store.state.value
  const [query, setQuery] = useTypedQuery(`members ${room.id}`)
  const [lines, setLines] = useState(linesAtOnce)
  const open = (about: 'add' | 'invites') => {
    store.rooms.sheet.value = { room: room.id, about }
  }
  const { online, offline } = useMemo(
    () => membersIn(room, me),
    [room.members, room.members_after, room.online, me],
  )
  const powers = usePowers(room)
  const matches = ({ name, username }: Person) => isFound(query, name, username)
  const found = { online: online.filter(matches), offline: offline.filter(matches) }
  const left = room.members_after

  // The person you search for may be on a page that is not loaded yet.
  useEffect(() => {
    if (query && left !== undefined) void store.members.more(room.id).catch(() => {})
  }, [store, room.id, query, left])

  const onEnd = () => {
    if (found.online.length + found.offline.length > lines) setLines(lines + linesAtOnce)
    else if (left !== undefined) {
      setLines(lines + linesAtOnce)
      void store.members.more(room.id).catch(() => {})
    }
  }

  return (
    <aside class="people" id="people" aria-label={say('people.title')}>
      {tabs}
      {(powers.people || powers.invite) && (
        <div class="people-acts">
          {powers.people && (
            <button type="button" class="quiet" onClick={() => open('add')}>
              <Icon of="add" />
              {say('people.add')}
            </button>
          )}
          {powers.invite && (
            <button type="button" class="quiet" onClick={() => open('invites')}>
              <Icon of="link" />
              {say('people.invite')}
            </button>
          )}
        </div>
      )}
      {(online.length + offline.length > many || left !== undefined) && (
        <input
          type="search"
          class="narrow"
          dir="auto"
          aria-label={say('people.find')}
          placeholder={say('people.find')}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      )}
      <Lines title={say('people.online')} people={found.online.slice(0, lines)} me={me?.username} present />
      <Lines
        title={say('people.offline')}
        people={found.offline.slice(0, Math.max(0, lines - found.online.length))}
        me={me?.username}
      />
      {query && found.online.length + found.offline.length === 0 && (
        <p class="hint" role="status">
          {left === undefined ? say('people.notFound') : say('people.looking')}
        </p>
      )}
      {(left !== undefined || found.online.length + found.offline.length > lines) && <End onSeen={onEnd} />}
    </aside>
  )
}

type LinesProps = { title: string; people: readonly Person[]; me: string | undefined; present?: boolean }

function Lines({ title, people, me, present }: LinesProps) {
  if (people.length === 0) return null
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {people.map((person) => (
          <li key={person.username} class={present ? '' : 'away'}>
            <PersonLink
              username={person.username}
              name={person.name}
              class={present ? hueOf(person.username) : ''}
            >
              <StatusSign status={person.custom_status} />
              <span class={present ? 'dot' : 'dot away'} />
              <Face username={person.username} display_name={person.name} avatar={person.avatar} />
              <Note person={person} me={me} />
            </PersonLink>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Note({
  person: { username, role, silenced_until },
  me,
}: {
  person: Person
  me: string | undefined
}) {
  const silenced = useUntil(silenced_until)
  const notes = [
    ...(username === me ? [say('people.you')] : []),
    ...(role && role !== 'member' ? [say(`role.${role}`)] : []),
    ...(silenced ? [say('people.silenced')] : []),
  ]
  return <span class="role">{notes.join(' · ')}</span>
}

/** The end of a long list: it loads more when it comes into view, or when you press it. */
function End({ onSeen }: { onSeen: () => void }) {
  const button = useRef<HTMLButtonElement>(null)
  const seen = useRef(onSeen)
  seen.current = onSeen
  useEffect(() => {
    if (!button.current) return
    const watch = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) seen.current()
    })
    watch.observe(button.current)
    return () => watch.disconnect()
  }, [])
  return (
    <button ref={button} type="button" class="quiet" onClick={onSeen}>
      {say('act.showMore')}
    </button>
  )
}
