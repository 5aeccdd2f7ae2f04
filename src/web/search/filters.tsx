import { useId, useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'
import { namesIn } from '../people/people.ts'
import type { Asked } from './asked.ts'
import { Chip } from './chip.tsx'
import { chosenIn, titleOf } from './chosen.ts'

type Props = { asked: Asked; onAsk: (change: Partial<Asked>) => void }

/** What else a message must be: a chip for what people ask for often, fields for the rest, and a chip for each of those that is in use. */
export function Filters({ asked, onAsk }: Props) {
  const store = useStore()
  const [open, setOpen] = useState(false)
  const id = useId()
  const here = store.room.value
  const kinds = [
    ['file', say('search.files')],
    ['link', say('search.links')],
    ['pin', say('pins.title')],
  ] as const
  return (
    <>
      <fieldset class="chips">
        <legend class="unseen">{say('search.filters')}</legend>
        {here !== undefined && (
          <Chip on={asked.room === here} onTurn={(on) => onAsk({ room: on ? here : undefined })}>
            {say('search.here')}
          </Chip>
        )}
        <Chip on={asked.from === 'me'} onTurn={(on) => onAsk({ from: on ? 'me' : undefined })}>
          {say('search.mine')}
        </Chip>
        {kinds.map(([has, words]) => (
          <Chip key={has} on={asked.has === has} onTurn={(on) => onAsk({ has: on ? has : undefined })}>
            {words}
          </Chip>
        ))}
        <button
          type="button"
          class="chip"
          aria-expanded={open}
          aria-controls={`${id}-more`}
          onClick={() => setOpen(!open)}
        >
          {say('search.filtersMore')}
        </button>
        {chosenIn(store.state.value, here, asked).map(({ field, words }) => (
          <button
            key={field}
            type="button"
            class="chip chosen"
            aria-label={say('search.without', { filter: words })}
            onClick={() => onAsk({ [field]: undefined })}
          >
            <span dir="auto">{words}</span>
            <Icon of="close" />
          </button>
        ))}
      </fieldset>
      <div id={`${id}-more`} class="more-filters" hidden={!open}>
        {open && <Fields asked={asked} onAsk={onAsk} />}
      </div>
    </>
  )
}

function Fields({ asked, onAsk }: Props) {
  const store = useStore()
  const id = useId()
  const rooms = Object.values(store.state.value.rooms)
    .map(({ id }) => [id, titleOf(store.state.value, id)] as const)
    .sort(([, one], [, other]) => one.localeCompare(other))
  const here = store.room.value === undefined ? undefined : store.state.value.rooms[store.room.value]
  const people = here ? namesIn(here) : new Map<string, string>()
  return (
    <>
      <div class="field">
        <label for={`${id}-in`}>{say('search.in')}</label>
        <select
          id={`${id}-in`}
          value={asked.room ?? ''}
          onChange={({ currentTarget: { value } }) => onAsk({ room: value || undefined })}
        >
          <option value="">{say('search.everywhere')}</option>
          {rooms.map(([room, title]) => (
            <option key={room} value={room}>
              {title}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for={`${id}-from`}>{say('search.from')}</label>
        <input
          id={`${id}-from`}
          list={`${id}-people`}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          dir="auto"
          value={asked.from ?? ''}
          // Not at each letter: of half a name there is nobody.
          onChange={({ currentTarget: { value } }) =>
            onAsk({ from: value.trim().replace(/^@/, '') || undefined })
          }
        />
        <datalist id={`${id}-people`}>
          {[...people].map(([username, name]) => (
            <option key={username} value={username}>
              {name}
            </option>
          ))}
        </datalist>
      </div>
      {(['after', 'before'] as const).map((field) => (
        <div key={field} class="field">
          <label for={`${id}-${field}`}>{say(field === 'after' ? 'search.after' : 'search.before')}</label>
          <input
            id={`${id}-${field}`}
            type="date"
            value={asked[field] ?? ''}
            onChange={({ currentTarget: { value } }) => onAsk({ [field]: value || undefined })}
          />
        </div>
      ))}
    </>
  )
}
