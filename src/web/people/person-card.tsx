import { useEffect, useState } from 'preact/hooks'
import type { User } from '../../protocol/users.ts'
import { type RoomState, roomOf } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { adminAddress, settingsAddress } from '../ground/route.ts'
import { Sheet } from '../kit/sheet.tsx'
import { longDayOf } from '../language/dates.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { Face } from './face.tsx'
import { hueOf } from './hue.ts'
import { ManageMember } from './manage-member.tsx'
import { isBlocked } from './people.ts'
import { PersonFacts } from './person-facts.tsx'

/** Who a person is, and what you can do with them. `store.people.show` opens it. */
export function PersonCard() {
  const card = useStore().people.card.value
  return card ? <Card key={card.username} username={card.username} room={card.room} /> : null
}

function Card({ username, room: id }: { username: string; room: string | undefined }) {
  const store = useStore()
  const { state, people, admin } = store
  const { me, rooms } = state.value
  const [user, setUser] = useState<User>()
  const [errorText, setErrorText] = useState<string>()
  const room = id === undefined ? undefined : roomOf(state.value, id)
  const member = room?.members?.find((other) => other.username === username)
  const here = Object.values(rooms).some(({ online }) => online.includes(username))
  // The server tells who is online only to people who share a room.
  const known = here || Object.values(rooms).some((each) => isIn(each, username))
  const blocked = isBlocked(state.value.blocked, username)
  const isMe = username === me?.username
  const avatar = isMe ? me?.avatar : (member?.avatar ?? user?.avatar)

  useEffect(() => {
    const failed = (error: unknown) => setErrorText(sentenceFor(error, { not_found: say('person.gone') }))
    people.find(username).then(setUser, failed)
    if (!isMe) people.loadBlocked()
  }, [people, username])

  const changed = people.changed.value
  useEffect(() => {
    if (changed?.username !== username) return
    setUser((before) => {
      if (!before) return before
      const { avatar: _, custom_status: __, ...rest } = before
      return { ...rest, ...changed }
    })
  }, [changed])

  const write = () =>
    void people.openDirect([username]).then(people.hide, (error) => {
      setErrorText(sentenceFor(error))
    })

  const block = async () => {
    const name = user?.display_name ?? username
    const sure = await store.ask({
      title: say('person.blockTitle', { name }),
      text: say('person.blockText'),
      action: say('person.block'),
    })
    if (sure) people.block(username)
  }

  const administer = () => {
    admin.findUsers(username)
    people.hide()
  }

  return (
    <Sheet title={user?.display_name ?? member?.display_name ?? username} onClose={people.hide}>
      <div class="person">
        <Face
          username={username}
          display_name={user?.display_name ?? member?.display_name ?? username}
          avatar={blocked ? undefined : avatar}
          large
        />
        <p class={hueOf(username)}>
          <bdi dir="ltr">@{username}</bdi>
        </p>
        <p class="hint">
          {known && <span class={here ? 'dot' : 'dot away'} />}{' '}
          {[
            known && say(here ? 'people.online' : 'people.offline'),
            user && say('person.since', { at: longDayOf(user.created_at) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        {user && <PersonFacts user={user} />}
        <p class="badges">
          {isMe && <span class="badge">{say('people.you')}</span>}
          {user?.bot && <span class="badge">{say('person.bot')}</span>}
          {user?.roles.includes('admin') && <span class="badge">{say('person.admin')}</span>}
          {member && member.role !== 'member' && <span class="badge">{say(`role.${member.role}`)}</span>}
        </p>
      </div>
      {errorText && (
        <p class="notice bad" role="alert">
          {errorText}
        </p>
      )}
      {isMe && (
        <a class="quiet" href={settingsAddress('profile')} onClick={people.hide}>
          {say('profile.edit')}
        </a>
      )}
      {!isMe && (
        <div class="person-acts">
          <button type="button" class={blocked ? 'quiet' : 'primary'} onClick={write}>
            {say('person.message')}
          </button>
          <button
            type="button"
            class="quiet"
            disabled={state.value.blocked === undefined}
            onClick={() => (blocked ? people.unblock(username) : void block())}
          >
            {say(blocked ? 'blocked.lift' : 'person.block')}
          </button>
          {me?.roles.includes('admin') && (
            <a class="quiet" href={adminAddress('users')} onClick={administer}>
              {say('person.administer')}
            </a>
          )}
        </div>
      )}
      {blocked && <p class="hint">{say('person.blocked')}</p>}
      {room && <ManageMember room={room} username={username} onError={setErrorText} />}
    </Sheet>
  )
}

const isIn = ({ members, people }: RoomState, username: string) =>
  people?.includes(username) || members?.some((each) => each.username === username)
