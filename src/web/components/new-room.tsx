import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { RoomDraft } from '../../protocol/rooms.ts'
import { useStore } from '../context.ts'
import { type Fault, faultOf } from '../fault.ts'
import { Field } from './field.tsx'

/** Makes a room. An open one is found by its address, made of its name; a private one gets a random address. */
export function NewRoom({ onClose }: { onClose: () => void }) {
  const store = useStore()
  const box = useRef<HTMLDialogElement>(null)
  const id = useId()
  const [fault, setFault] = useState<Fault>()

  useEffect(() => box.current?.showModal(), [])

  const create = async (form: HTMLFormElement) => {
    try {
      await store.createRoom(draftOf(new FormData(form)))
      box.current?.close()
    } catch (error) {
      setFault(faultOf(error))
    }
  }

  return (
    <dialog ref={box} class="sheet" aria-labelledby={`${id}-title`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          create(event.currentTarget)
        }}
      >
        <h2 id={`${id}-title`}>Create a room</h2>
        {fault?.message && (
          <p class="notice bad" role="alert">
            {fault.message}
          </p>
        )}
        <Field
          name="title"
          label="Name"
          maxlength={100}
          wrong={fault?.fields.title ?? fault?.fields.id}
          required
        />
        <Field
          name="description"
          label="What it is about"
          maxlength={1000}
          wrong={fault?.fields.description}
          hint="Optional."
        />
        <div class="field">
          <label for={`${id}-access`}>Who may come in</label>
          <select id={`${id}-access`} name="access">
            <option value="open">Anyone on this server</option>
            <option value="closed">Only people who are invited</option>
          </select>
        </div>
        <div class="actions">
          <button type="button" class="quiet" onClick={() => box.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Create
          </button>
        </div>
      </form>
    </dialog>
  )
}

function draftOf(fields: FormData): RoomDraft {
  const title = String(fields.get('title') ?? '').trim()
  const description = String(fields.get('description') ?? '').trim()
  const open = fields.get('access') !== 'closed'
  const id = open ? idFor(title) : ''
  return {
    title,
    access: open ? 'open' : 'closed',
    ...(description ? { description } : {}),
    ...(id ? { id } : {}),
  }
}

/** `Rust & Friends` becomes `rust-friends`; a name of which nothing remains leaves the choice to the server. */
const idFor = (title: string): string =>
  title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
