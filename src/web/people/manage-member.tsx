import { useEffect } from 'preact/hooks'
import type { RoomMember, RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { powersOver } from '../ground/powers.ts'
import { usePowers } from '../ground/use-powers.ts'
import { Select } from '../kit/select.tsx'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { Silence } from './silence.tsx'

type Props = { room: RoomState; username: string; onError: (sentence: string | undefined) => void }

/** What moderators and owners can do with a member of their room: role, silence, removal. */
export function ManageMember({ room, username, onError }: Props) {
  const store = useStore()
  const { members } = store
  const { me } = store.state.value
  const powers = usePowers(room)
  const member = room.members?.find((other) => other.username === username)

  // In a room with thousands of members, the page that has this one may not be loaded yet.
  useEffect(() => {
    if (powers.silence && !member && room.members_after !== undefined)
      void members.more(room.id).catch(() => {})
  }, [members, room.id, member, room.members_after, powers.silence])

  if (!powers.silence) return null
  const act = (acting: Promise<unknown>) => {
    onError(undefined)
    acting.catch((error) => onError(sentenceFor(error)))
  }
  if (!member) {
    if (room.members_after !== undefined || !powers.people) return null
    return (
      <section class="part member-acts">
        <p class="hint">{say('member.outside')}</p>
        <button type="button" class="quiet" onClick={() => act(members.add(room.id, username))}>
          {say('member.add')}
        </button>
      </section>
    )
  }
  const may = powersOver(member.role, powers)
  const isMe = username === me?.username
  const remove = async () => {
    const sure = await store.ask({
      title: say('member.removeTitle', { name: member.display_name ?? username }),
      text: say(room.access === 'open' ? 'member.removeOpen' : 'member.removeClosed'),
      action: say('member.remove'),
    })
    if (sure) act(members.remove(room.id, username))
  }
  if (!may.appoint && (isMe || !may.silence)) return null
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
          onPick={(role: RoomMember['role']) => act(members.setRole(room.id, username, role))}
        />
      )}
      {may.silence && !isMe && (
        <Silence
          until={member.silenced_until}
          onSilence={(minutes) => act(members.silence(room.id, username, minutes))}
        />
      )}
      {may.remove && !isMe && (
        <button type="button" class="quiet danger" onClick={() => void remove()}>
          {say('member.remove')}
        </button>
      )}
    </section>
  )
}
