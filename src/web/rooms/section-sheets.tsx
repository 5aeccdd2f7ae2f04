import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Icon } from '../kit/icon.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'

const longestName = 40
const mostSections = 20

/** Names a section of your list. */
export function SectionSheet({
  section,
  onClose,
}: {
  section: { id?: string; name: string }
  onClose: () => void
}) {
  return (
    <Sheet title={say(section.id ? 'arrange.rename' : 'arrange.new')} onClose={onClose}>
      <NameForm section={section} onDone={onClose} />
    </Sheet>
  )
}

type NameProps = { section: { id?: string; name: string }; onDone: (id: string) => unknown }

function NameForm({ section, onDone }: NameProps) {
  const { rooms } = useStore()
  return (
    <Form
      action={say(section.id ? 'act.save' : 'arrange.create')}
      onSubmit={async (fields) => {
        await onDone(await rooms.nameSection({ ...section, name: String(fields.get('name')).trim() }))
      }}
    >
      {({ name }) => (
        <Field
          name="name"
          label={say(section.id ? 'arrange.name' : 'arrange.newName')}
          value={section.name}
          maxlength={longestName}
          required
          autofocus
          wrong={name}
        />
      )}
    </Form>
  )
}

/** Moves a room into a section of your list, or out of it. */
export function MoveSheet({ room, onClose }: { room: RoomState; onClose: () => void }) {
  const store = useStore()
  const { id } = room
  const sections = store.state.value.arrangement?.sections ?? []
  const known = sections.some((section) => section.id === room.section)
  const move = (section?: string) => {
    onClose()
    store.rooms.setSection(id, section).catch((error) => {
      store.toast.value = sentenceFor(error)
    })
  }
  return (
    <Sheet title={say('arrange.moveTitle', { room: room.title })} onClose={onClose}>
      {room.favourite && <p class="hint">{say('arrange.favourite')}</p>}
      {sections.length > 0 && (
        <div class="spans">
          {[...sections, { id: undefined, name: say('arrange.none') }].map((section) => {
            const isHere = known ? section.id === room.section : section.id === undefined
            return (
              <button
                key={section.id ?? 'none'}
                type="button"
                class="quiet"
                aria-pressed={isHere}
                onClick={() => move(section.id)}
              >
                <span dir="auto">{section.name}</span> {isHere && <Icon of="check" />}
              </button>
            )
          })}
        </div>
      )}
      {sections.length < mostSections && (
        <NameForm
          section={{ name: '' }}
          onDone={async (section) => {
            await store.rooms.setSection(id, section)
            onClose()
          }}
        />
      )}
    </Sheet>
  )
}
