import { useEffect } from 'preact/hooks'
import type { RoomMember, RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { powersOver } from '../ground/powers.ts'
import { usePowers } from '../ground/use-powers.ts'
import { Select } from '../kit/select.tsx'
import { say } from '../language/say.ts'
import { sentenceFor } from '../language/told.ts'
import { Silence } from './silence.tsx'

type Props = { room: RoomState; username: string; onFault: (sentence: string | undefined) => void }

/** What a moderator or owner can do about somebody in their room. */
export function MemberActs({ room, username, onFault }: Props) {
  const store = useStore()
  const { people } = store
  const { me } = store.state.value
  const powers = usePowers(room)
  const member = room.members?.find((other) => other.username === username)

  // Of thousands of members the one in question may not have been fetched yet.
  useEffect(() => {
    if (powers.silence && !member && room.members_after !== undefined)
      void people.more(room.id).catch(() => {})
  }, [people, room.id, member, room.members_after, powers.silence])

  if (!powers.silence) return null
  const act = (doing: Promise<unknown>) => {
    onFault(undefined)
    doing.catch((error) => onFault(sentenceFor(error, { conflict: say('member.lastOwner') })))
  }
  if (!member) {
    if (room.members_after !== undefined || !powers.people) return null
    return (
      <section class="part member-acts">
        <p class="hint">{say('member.outside')}</p>
        <button type="button" class="quiet" onClick={() => act(people.put(room.id, username))}>
          {say('member.add')}
        </button>
      </section>
    )
  }
  const may = powersOver(member.role, powers)
  const oneself = username === me?.username
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
      <h3 dir="auto">{say('member.in', { room: room.title })}</h3>
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
        <Silence
          until={member.silenced_until}
          onSilence={(minutes) => act(people.silence(room.id, username, minutes))}
        />
      )}
      {may.remove && !oneself && (
        <button type="button" class="quiet danger" onClick={() => void remove()}>
          {say('member.remove')}
        </button>
      )}
    </section>
  )
}
