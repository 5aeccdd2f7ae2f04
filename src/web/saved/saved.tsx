import type { SavedItem } from '../../protocol/saved.ts'
import { roomOf } from '../../sdk/state.ts'
import { beginningOf } from '../../text/cut.ts'
import { Glance } from '../files/glance.tsx'
import { useStore } from '../ground/context.ts'
import { addressOf } from '../ground/route.ts'
import { Icon } from '../kit/icon.tsx'
import { Pane } from '../kit/pane.tsx'
import { Undo } from '../kit/undo.tsx'
import { useRemoved } from '../kit/use-removed.ts'
import { clockOf, momentOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { wordsOf } from '../language/words-of.ts'
import { Face } from '../people/face.tsx'
import { hueOf } from '../people/hue.ts'
import { isBlocked } from '../people/people.ts'

const longest = 240

/** The messages that you have saved for later, in all rooms. Each line opens its message. */
export function Saved() {
  const { list, save } = useStore().saved
  const { shown, remove, bringBack } = useRemoved(list.value, keyOf)
  return (
    <Pane title={say('saved.title')}>
      {!list.value && <p role="status">{say('app.moment')}</p>}
      {list.value?.length === 0 && <p class="hint">{say('saved.none')}</p>}
      <ul class="excerpts" aria-label={say('saved.title')}>
        {shown.map(({ item, removed }) =>
          removed ? (
            <li key={keyOf(item)} class="saved-line">
              <Undo
                text={say('saved.removed')}
                onUndo={() => {
                  bringBack(item)
                  save(item.message, true)
                }}
              />
            </li>
          ) : (
            <Line
              key={keyOf(item)}
              item={item}
              onRemove={() => {
                remove(item)
                save(item.message, false)
              }}
            />
          ),
        )}
      </ul>
    </Pane>
  )
}

const keyOf = ({ room, seq }: SavedItem): string => `${room} ${seq}`

function Line({ item: { room, seq, message }, onRemove }: { item: SavedItem; onRemove: () => void }) {
  const store = useStore()
  const { blocked } = store.state.value
  const known = roomOf(store.state.value, room)
  const { author, content, files, damaged, created_at: at } = message
  const hidden = isBlocked(blocked, author.username)
  const text = hidden
    ? say('line.blocked')
    : damaged
      ? say('line.damaged')
      : beginningOf(wordsOf({ content }), longest)
  return (
    <li class="saved-line">
      <a href={addressOf(room, seq)} class="excerpt">
        <span class="excerpt-head">
          <Face {...author} />
          <span dir="auto" class={`saved-author ${hueOf(author.username)}`}>
            {author.display_name}
          </span>
          <span dir="auto" class="hint">
            {known?.access === 'direct' ? say('forYou.direct') : (known?.title ?? room)}
          </span>
          <time dateTime={at} title={momentOf(at)} class="hint">
            {clockOf(at)}
          </time>
        </span>
        {text && (
          <span class="excerpt-text" dir="auto">
            {text}
          </span>
        )}
        {files && !hidden && <Glance files={files} />}
      </a>
      <button
        type="button"
        class="icon"
        aria-label={say('line.unsave')}
        title={say('line.unsave')}
        onClick={onRemove}
      >
        <Icon of="close" />
      </button>
    </li>
  )
}
