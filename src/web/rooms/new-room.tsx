import { useRef } from 'preact/hooks'
import type { NewRoom } from '../../protocol/rooms.ts'
import { useStore } from '../ground/context.ts'
import { Choice } from '../kit/choice.tsx'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { say } from '../language/say.ts'
import { addressFor } from './room-address.ts'

type Access = 'open' | 'closed' | 'admins'

/** Creates a room. Its address comes from the title if others can find the room; a private room gets a random one. */
export function NewRoomSheet({ onClose }: { onClose: () => void }) {
  const store = useStore()
  const suggested = useRef('')
  const access: Access[] = ['open', 'closed', ...(isAdmin(store.state.value.me) ? (['admins'] as const) : [])]

  /** The address follows the title until you type another address. */
  const suggest = (inputs: HTMLFormElement | null, from: EventTarget | null) => {
    const [title, id] = ['title', 'id'].map((name) => inputs?.elements.namedItem(name) as HTMLInputElement)
    if (from !== title || !title || !id || id.value !== suggested.current) return
    suggested.current = addressFor(title.value)
    id.value = suggested.current
  }
  const create = async (fields: FormData) => {
    await store.rooms.create(newRoomOf(fields))
    onClose()
  }

  return (
    <Sheet title={say('new.room')} onClose={onClose}>
      <Form keepAs="new room" action={say('new.create')} onSubmit={create} onCancel={onClose}>
        {(wrong) => (
          <div class="fields" onInput={(event) => suggest(event.currentTarget.closest('form'), event.target)}>
            <Field
              name="title"
              label={say('details.title')}
              maxlength={100}
              wrong={wrong.title}
              autofocus
              required
            />
            <Choice
              name="access"
              label={say('details.access')}
              value="open"
              options={access.map((each) => [each, say(`access.${each}Long`)] as const)}
            />
            <div class="findable">
              <Field
                name="id"
                label={say('details.address')}
                hint={say('new.addressHint')}
                wrong={wrong.id}
                maxlength={64}
                autocapitalize="none"
                spellcheck={false}
              />
            </div>
            <Field
              name="description"
              label={say('details.description')}
              hint={say('new.optional')}
              maxlength={1000}
              wrong={wrong.description}
            />
            <Choice
              name="posting"
              label={say('details.posting')}
              value="members"
              options={[
                ['members', say('posting.members')],
                ['moderators', say('posting.moderators')],
              ]}
            />
          </div>
        )}
      </Form>
    </Sheet>
  )
}

const isAdmin = (me: { roles: readonly string[] } | undefined) => me?.roles.includes('admin') ?? false

function newRoomOf(fields: FormData): NewRoom {
  const text = (name: string) => String(fields.get(name) ?? '').trim()
  const access = text('access') as Access
  // A title in another script gives no address.
  const made = () => addressFor(text('title')) || `room-${Math.random().toString(36).slice(2, 8)}`
  const id = access === 'closed' ? '' : text('id') || made()
  return {
    title: text('title'),
    access,
    posting: text('posting') === 'moderators' ? 'moderators' : 'members',
    ...(text('description') ? { description: text('description') } : {}),
    ...(id ? { id } : {}),
  }
}
