import { useEffect, useState } from 'preact/hooks'
import type { RoomMember, RoomState } from '../../sdk/state.ts'
import { useStore } from '../context.ts'
import { clockOf } from '../dates.ts'
import { powersIn, powersOver } from '../powers.ts'
import { say } from '../say.ts'
import { sentenceFor } from '../told.ts'
import { Select } from './select.tsx'

type Props = { room: RoomState; username: string; onFault: (sentence: string | undefined) => void }

const silences = { tenMinutes: 10, hour: 60, day: 24 * 60 } as const

/** What a moderator or owner can do about somebody in their room. */
export function MemberActs({ room, username, onFault }: Props) {
  const store = useStore()
  const { people } = store
  const { me } = store.state.value
  const [said, setSaid] = useState('')
  const powers = powersIn(room, me)
  const member = room.members?.find((other) => other.username === username)

  // Of thousands of members the one in question may not have been fetched yet.
  useEffect(() => {
    if (powers.silence && !member && room.members_after !== undefined)
      void people.more(room.id).catch(() => {})
  }, [people, room.id, member, room.members_after, powers.silence])

  if (!powers.silence) return null
  const act = (doing: Promise<unknown>, done = '') => {
    onFault(undefined)
    setSaid('')
    void doing.then(
      () => setSaid(done),
      (error) => onFault(sentenceFor(error, { conflict: say('member.lastOwner') })),
    )
  }
  if (!member) {
    if (room.members_after !== undefined || !powers.people) return null
    return (
      <section class="part">
        <p class="hint">{say('member.outside')}</p>
        <button type="button" class="quiet" onClick={() => act(people.put(room.id, username))}>
          {say('member.add')}
        </button>
      </section>
    )
  }
  const may = powersOver(member.role, room, me)
  const oneself = username === me?.username
  const silence = (minutes: number) => {
    const until = clockOf(new Date(Date.now() + minutes * 60_000).toISOString())
    act(people.silence(room.id, username, minutes), say('member.silenced', { at: until }))
  }
  const remove = async () => {
    const sure = await store.ask({
      title: say('member.removeTitle', { name: member.display_name ?? username }),
      text: say(room.access === 'open' ? 'member.removeOpen' : 'member.removeClosed'),
      action: say('member.remove'),
    })
    if (sure) act(people.remove(room.id, username))
  }
  if (!may.appoint && (oneself || !may.silence)) return null
  return (
    <section class="part member-acts">
      <h3 dir="auto">{say('member.here', { room: room.title })}</h3>
      {may.appoint && (
        <Select
          name="role"
          label={say('member.role')}
          value={member.role}
          options={(['member', 'moderator', 'owner'] as const).map((role) => [role, say(`role.${role}`)])}
          hint={say(`role.${member.role}Hint`)}
          onPick={(role: RoomMember['role']) => act(people.put(room.id, username, role))}
        />
      )}
      {may.silence && !oneself && (
        <fieldset class="choice">
          <legend>{say('member.silence')}</legend>
          <div class="options">
            {(['tenMinutes', 'hour', 'day'] as const).map((each) => (
              <button key={each} type="button" class="quiet" onClick={() => silence(silences[each])}>
                {say(`member.${each}`)}
              </button>
            ))}
            <button
              type="button"
              class="quiet"
              onClick={() => act(people.silence(room.id, username), say('member.unsilenced'))}
            >
              {say('member.unsilence')}
            </button>
          </div>
        </fieldset>
      )}
      <p class="hint" role="status">
        {said}
      </p>
      {may.remove && !oneself && (
        <button type="button" class="quiet danger" onClick={() => void remove()}>
          {say('member.remove')}
        </button>
      )}
    </section>
  )
}
