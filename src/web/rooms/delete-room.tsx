import { useState } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { say } from '../language/say.ts'

type Props = {
  room: Pick<RoomState, 'id' | 'title'>
  onClose: () => void
  /** Where the page does not show the room: there it closes by itself. */
  onDeleted?: () => void
}

/** Asks you to type the title: all messages are deleted with the room. */
export function DeleteRoom({ room, onClose, onDeleted }: Props) {
  const store = useStore()
  const [differs, setDiffers] = useState(false)
  const remove = async (fields: FormData) => {
    const same = plain(String(fields.get('title') ?? '')) === plain(room.title)
    setDiffers(!same)
    if (!same) return
    await store.rooms.remove(room.id)
    onDeleted?.()
  }
  return (
    <Sheet title={say('delete.title', { room: room.title })} onClose={onClose}>
      <p>{say('delete.text')}</p>
      <Form action={say('delete.act')} danger onSubmit={remove} onCancel={onClose}>
        {(wrong) => (
          <Field
            name="title"
            label={say('delete.type')}
            hint={room.title}
            wrong={differs ? say('delete.differs', { room: room.title }) : wrong.title}
            autocomplete="off"
            spellcheck={false}
            autofocus
            required
          />
        )}
      </Form>
    </Sheet>
  )
}

/** Capitals, and spaces that you cannot see, do not count. */
const plain = (text: string) => text.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase()
