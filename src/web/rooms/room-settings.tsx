import { useRef, useState } from 'preact/hooks'
import type { RoomChange } from '../../protocol/rooms.ts'
import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { Choice } from '../kit/choice.tsx'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { PictureField } from '../kit/picture-field.tsx'
import { Select } from '../kit/select.tsx'
import { say } from '../language/say.ts'
import { RoomFace } from './room-face.tsx'

const pauses = [0, 5, 15, 30, 60, 300, 900, 3600]
const spans = [1, 7, 30, 90, 365]

/** The room that the fields are compared with, and their key. With `until`, only as long as the room still has that key. */
type Edited = { room: RoomState; key: string; until?: string | undefined }

/** For owners. Only changed fields are sent, so that two owners do not undo each other's changes. */
export function RoomSettings({ room }: { room: RoomState }) {
  const store = useStore()
  // Changes of others show at once, unless you are changing the settings yourself.
  const [edited, setEdited] = useState<Edited>()
  const now = useRef(room)
  now.current = room
  const held = edited?.until === undefined || edited.until === keyOf(room) ? edited : undefined
  const { room: shown, key } = held ?? { room, key: keyOf(room) }
  const { title, description, access, posting, mention_room, slow_seconds, retention_days } = shown
  const most = store.state.value.retention_days
  const touches = useRef(0)

  const save = async (fields: FormData) => {
    const before = touches.current
    const change = changeOf(fields, shown)
    if (change.access === 'open' && !(await store.ask(opening(room)))) return false
    if (Object.keys(change).length > 0) await store.rooms.change(room.id, change)
    // What you typed meanwhile stays. It is compared with what was saved, and so is what you type until the event about that comes.
    const until = touches.current === before ? keyOf(now.current) : undefined
    const saved = keyOf({ ...now.current, ...change })
    setEdited(until === saved ? undefined : { room: { ...shown, ...change }, key, until })
    return true
  }
  const touch = () => {
    touches.current++
    setEdited({ room: shown, key })
  }

  return (
    <section class="part">
      <h3>{say('details.settings')}</h3>
      <PictureField
        hint={say('picture.roomHint')}
        has={room.avatar !== undefined}
        onChoose={(file) => store.rooms.setPicture(room.id, file)}
        onRemove={() => store.rooms.removePicture(room.id)}
      >
        <RoomFace room={room} me={undefined} large />
      </PictureField>
      <Form keepAs={`room ${room.id}`} action={say('act.save')} done={say('act.saved')} onSubmit={save}>
        {(wrong) => (
          <div class="fields" key={key} onInput={touch}>
            <Field
              name="title"
              label={say('details.title')}
              value={title}
              maxlength={100}
              wrong={wrong.title}
              required
            />
            <Field
              name="description"
              label={say('details.description')}
              value={description}
              maxlength={1000}
              wrong={wrong.description}
            />
            {access !== 'admins' && (
              <Choice
                name="access"
                label={say('details.access')}
                hint={say('access.hint')}
                value={access}
                options={[
                  ['open', say('access.openLong')],
                  ['closed', say('access.closedLong')],
                ]}
              />
            )}
            <Choice
              name="posting"
              label={say('details.posting')}
              value={posting}
              options={[
                ['members', say('posting.members')],
                ['moderators', say('posting.moderators')],
              ]}
            />
            <Choice
              name="mention_room"
              label={say('mentionRoom.label')}
              hint={say('mentionRoom.hint')}
              value={mention_room}
              options={[
                ['members', say('posting.members')],
                ['moderators', say('posting.moderators')],
              ]}
            />
            <Select
              name="slow"
              label={say('slow.label')}
              hint={say('slow.hint')}
              value={String(slow_seconds)}
              options={[...new Set([...pauses, slow_seconds])]
                .sort((a, b) => a - b)
                .map((seconds) => [String(seconds), pauseName(seconds)])}
            />
            <Select
              name="retention"
              label={say('kept.label')}
              hint={say('kept.hint')}
              value={String(retention_days)}
              options={[...new Set([0, ...spans.filter((days) => days < (most ?? days + 1)), retention_days])]
                .sort((a, b) => a - b)
                .map((days) => [String(days), spanName(days, most)])}
            />
          </div>
        )}
      </Form>
    </section>
  )
}

/** Another key draws the fields again, with what they say now. */
const keyOf = ({
  title,
  description,
  access,
  posting,
  mention_room,
  slow_seconds,
  retention_days,
}: RoomState): string =>
  [title, description, access, posting, mention_room, slow_seconds, retention_days].join('\n')

/** What was written among members becomes readable for everyone, and who has read it cannot forget it. */
const opening = ({ title }: RoomState) => ({
  title: say('access.openTitle', { room: title }),
  text: say('access.openText'),
  action: say('access.openAct'),
})

function spanName(days: number, most: number | undefined): string {
  if (days > 0) return say('kept.span', { n: days })
  return most === undefined ? say('kept.always') : say('kept.server', { n: most })
}

function pauseName(seconds: number): string {
  if (seconds === 0) return say('slow.off')
  if (seconds % 3600 === 0) return say('slow.hours', { n: seconds / 3600 })
  return seconds % 60 === 0 ? say('slow.minutes', { n: seconds / 60 }) : say('slow.seconds', { n: seconds })
}

function changeOf(fields: FormData, room: RoomState): RoomChange {
  const text = (name: string) => String(fields.get(name) ?? '').trim()
  const posting = text('posting') === 'moderators' ? 'moderators' : 'members'
  const access = text('access') === 'open' ? 'open' : 'closed'
  const mention_room = text('mention_room') === 'moderators' ? 'moderators' : 'members'
  const slow_seconds = Number(text('slow'))
  const retention_days = Number(text('retention'))
  return {
    ...(text('title') === room.title ? {} : { title: text('title') }),
    ...(text('description') === room.description ? {} : { description: text('description') }),
    ...(!fields.has('access') || access === room.access ? {} : { access }),
    ...(posting === room.posting ? {} : { posting }),
    ...(mention_room === room.mention_room ? {} : { mention_room }),
    ...(slow_seconds === room.slow_seconds ? {} : { slow_seconds }),
    ...(retention_days === room.retention_days ? {} : { retention_days }),
  }
}
