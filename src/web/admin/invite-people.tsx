import { useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { powersIn } from '../ground/powers.ts'
import { Select } from '../kit/select.tsx'
import { say } from '../language/say.ts'
import { Invites } from '../rooms/invites.tsx'

/** Invites people who have no account yet: every invite is to a room. Or makes the account for them. */
export function InvitePeople({ onCreate }: { onCreate: () => void }) {
  const store = useStore()
  const { me } = store.state.value
  const rooms = store.rooms.listed.value.filter((room) => powersIn(room, me).invite)
  const [chosen, setChosen] = useState<string>()
  const [open, setOpen] = useState(false)
  const room = rooms.find(({ id }) => id === (chosen ?? 'general')) ?? rooms[0]
  return (
    <section class="part invite-people">
      <h3>{say('users.invite')}</h3>
      {room && (
        <>
          <p class="hint">{say('users.inviteHint')}</p>
          <div class="pair">
            <Select
              key={room.id}
              name="room"
              label={say('users.inviteTo')}
              value={room.id}
              options={rooms.map(({ id, title }) => [id, title])}
              onPick={setChosen}
            />
            <button type="button" class="primary" onClick={() => setOpen(true)}>
              {say('people.invite')}
            </button>
          </div>
        </>
      )}
      <button type="button" class="quiet" onClick={onCreate}>
        {say('users.create')}
      </button>
      {room && open && <Invites room={room} onClose={() => setOpen(false)} />}
    </section>
  )
}
