import { useStore } from '../ground/context.ts'
import { say } from '../language/say.ts'

/** Says that your last message names people who are not in the room, and offers to add them. */
export function AbsentNote({ room, place, canAdd }: { room: string; place: string; canAdd: boolean }) {
  const { talk } = useStore()
  const people = talk.absent.value.get(place)
  if (!people) return null
  const names = people.map((each) => each.display_name).join(', ')
  return (
    <p class="slow" role="status">
      {say('absent.text', { names })}{' '}
      {canAdd && (
        <button type="button" class="link" onClick={() => talk.addAbsent(room, place)}>
          {say('add.act')}
        </button>
      )}{' '}
      <button type="button" class="link" onClick={() => talk.forgetAbsent(place)}>
        {say(canAdd ? 'push.notNow' : 'act.dismiss')}
      </button>
    </p>
  )
}
