import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { say } from '../language/say.ts'
import { acquaintances } from '../people/people.ts'
import { PeopleSheet } from '../people/people-sheet.tsx'

const most = 20

/** Adds people to a room. People you share no room with get an invitation. */
export function AddMember({ room, onClose }: { room: RoomState; onClose: () => void }) {
  const store = useStore()
  const members = new Set((room.members ?? []).map(({ username }) => username))
  return (
    <PeopleSheet
      title={say('people.add')}
      label={say('add.whom')}
      hint={say('add.hint')}
      action={say('add.act')}
      people={acquaintances(store.state.value).filter(({ username }) => !members.has(username))}
      most={most}
      refuse={(user) =>
        members.has(user.username) ? say('add.inside', { name: user.display_name }) : undefined
      }
      submit={async (chosen, done) => {
        for (const person of chosen) {
          await store.members.add(room.id, person.username)
          done(person)
        }
      }}
      onClose={onClose}
    />
  )
}
