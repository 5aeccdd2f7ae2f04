import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { AttachButton } from '../files/attach-button.tsx'
import { Tray } from '../files/tray.tsx'
import { useStore } from '../ground/context.ts'
import { hasKeyboard } from '../ground/media.ts'
import { powersOn } from '../ground/powers.ts'
import { preferences } from '../ground/preferences.ts'
import { usePowers } from '../ground/use-powers.ts'
import { Icon } from '../kit/icon.tsx'
import { withMod } from '../kit/keys.ts'
import { say } from '../language/say.ts'
import { type Format, put } from '../text/format/format.ts'
import { FormatBar } from '../text/format/format-bar.tsx'
import { formatFor } from '../text/format/formats.ts'
import { insert } from '../text/format/insert.ts'
import { AbsentNote } from './absent-note.tsx'
import { EmojiTool } from './emoji-tool.tsx'
import { Length } from './length.tsx'
import { MentionNote } from './mention-note.tsx'
import { repliedTo } from './replied-to.ts'
import { SlowNote } from './slow-note.tsx'
import { Suggestions } from './suggestions.tsx'
import { useCompletion } from './use-completion.ts'
import { usePaste } from './use-paste.ts'
import { useSlash } from './use-slash.ts'
import { useWait } from './use-wait.ts'
import { placeOf } from './writing.ts'
import { WritingStrip } from './writing-strip.tsx'

/** Arrow-up looks for your last message among so many. */
const searched = 200

/**
 * Where you write. Enter sends and Shift-Enter starts a new line. An on-screen keyboard has no Shift-Enter: there,
 * Enter starts the line and the button sends. It does one thing at a time: a new message, a reply, or an edit.
 */
export function Composer({ room, thread }: { room: RoomState; thread?: number }) {
  const store = useStore()
  const { talk, files } = store
  const { me, status } = store.state.value
  const place = placeOf(room.id, thread)
  const replyingTo = talk.replyingTo.value.get(place)
  const editing = talk.editing.value.get(place)
  const original = replyingTo === undefined ? undefined : repliedTo(room, replyingTo)

  const id = useId()
  const box = useRef<HTMLTextAreaElement>(null)
  const draft = talk.drafts.value.get(place) ?? ''
  const text = editing?.text ?? draft
  const powers = usePowers(room)
  const waitSeconds = useWait(room, me?.username, powers.moderate || editing !== undefined)
  const { uploads } = files
  // Read, so that the composer follows what happens to them.
  const tray = editing ? [] : uploads.attachments.value.filter(({ holder }) => holder === place)
  const isSaying = text.trim() !== '' || tray.length > 0
  const isRefused = tray.some(({ stage }) => stage === 'failed')
  const ready = isSaying && !isRefused && text.length <= talk.limit.value && waitSeconds === 0
  const completion = useCompletion(box, room, me)
  const slash = useSlash(room, powers)
  const pasting = usePaste(place)
  const tools = preferences.tools.value === 'shown'

  useEffect(() => {
    if (hasKeyboard()) box.current?.focus()
  }, [])
  // In a layout effect, so that it happens before the next key: otherwise it would undo a selection made by fast typing.
  useLayoutEffect(() => {
    if (!editing && replyingTo === undefined) return
    box.current?.focus({ preventScroll: true })
    if (editing) box.current?.setSelectionRange(text.length, text.length)
  }, [editing?.message.seq, replyingTo])
  useEffect(() => {
    if (room.open && replyingTo !== undefined && original === undefined) talk.loadQuoted(room.id, replyingTo)
  }, [talk, room.id, room.open, replyingTo, original === undefined])

  const purpose = thread === undefined ? say('compose.to', { title: room.title }) : say('thread.compose')
  const strip = editing !== undefined || replyingTo !== undefined

  const write = (next: string) => {
    if (editing) talk.edit(editing.message, place, next)
    else {
      talk.draft(place, next)
      if (status === 'online' && next !== '') talk.typing(room.id)
    }
  }
  const send = () => {
    if (!ready) return
    completion.close()
    if (editing) return talk.send(room.id, text, thread)
    // A command takes its time: what you type behind it meanwhile stays.
    const done = () => {
      const now = talk.drafts.value.get(place) ?? ''
      if (now.startsWith(text)) talk.draft(place, now.slice(text.length))
    }
    const words = slash(text.trim(), done)
    if (words === undefined) return
    // Without a command it is sent as it was typed.
    talk.send(room.id, words === text.trim() ? text : words, thread)
    done()
  }
  const format = (how: Format) => {
    const at = box.current
    if (at) insert(at, how(at.value, at.selectionStart, at.selectionEnd))
  }
  const editLast = () => {
    const written = thread === undefined ? room.messages : (room.threads?.[thread]?.messages ?? [])
    const last = written.slice(-searched).findLast((message) => powersOn(message, powers).edit)
    if (last) talk.edit(last, place)
    return last !== undefined
  }

  /** Returns whether it handled the key. */
  const press = (event: KeyboardEvent): boolean => {
    if (completion.press(event)) return true
    const { key, shiftKey, altKey } = event
    const bare = !shiftKey && !altKey && !event.ctrlKey && !event.metaKey
    const how = withMod(event) && !altKey ? formatFor(event) : undefined
    if (how) format(how)
    else if (key === 'Escape' && strip) talk.cancel(place)
    else if (key === 'ArrowUp' && bare && text === '' && !editing) return editLast()
    else if (key === 'Enter' && (withMod(event) || (!shiftKey && !altKey && hasKeyboard()))) send()
    else return false
    return true
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {completion.asked && <Suggestions {...completion} />}
      <div class="paper">
        {strip && (
          <WritingStrip
            id={`${id}-strip`}
            {...(editing ? { editing: true } : { editing: false, original })}
            onStop={() => {
              talk.cancel(place)
              box.current?.focus({ preventScroll: true })
            }}
          />
        )}
        {(tray.length > 0 || uploads.refused.value.has(place)) && (
          <Tray
            place={place}
            attachments={tray}
            onLeave={() => box.current?.focus({ preventScroll: true })}
          />
        )}
        <label class="unseen" for={id}>
          {purpose}
        </label>
        <div class="paper-line">
          {!editing && files.mayUpload.value && (
            <AttachButton
              onPick={(picked) => {
                uploads.add(room.id, place, picked)
                if (hasKeyboard()) box.current?.focus({ preventScroll: true })
              }}
            />
          )}
          <div class="grow" data-text={text}>
            <textarea
              ref={box}
              id={id}
              rows={1}
              dir="auto"
              placeholder={purpose}
              enterkeyhint={hasKeyboard() ? 'send' : 'enter'}
              autocomplete="off"
              aria-describedby={[strip && `${id}-strip`, `${id}-length`].filter(Boolean).join(' ')}
              {...completion.attributes}
              value={text}
              onInput={(event) => {
                write(event.currentTarget.value)
                completion.replaceName()
                completion.look()
              }}
              onKeyDown={(event) => {
                pasting.noteKey(event)
                // While an input method composes a character, it gets every key. Safari ends the composition before the key event.
                if (event.isComposing || event.keyCode === 229) return
                if (press(event)) event.preventDefault()
              }}
              onKeyUp={pasting.noteKey}
              onPaste={pasting.paste}
              onSelect={completion.look}
              onBlur={completion.close}
            />
          </div>
          <Length id={`${id}-length`} left={talk.limit.value - text.length} />
          {hasKeyboard() && <EmojiTool onPick={(emoji) => format(put(emoji))} />}
          <button
            type="button"
            class="tool"
            aria-label={say('format.tools')}
            title={say('format.tools')}
            aria-expanded={tools}
            aria-controls={`${id}-tools`}
            onClick={() => (preferences.tools.value = tools ? '' : 'shown')}
          >
            <Icon of="letters" />
          </button>
        </div>
        {tools && <FormatBar id={`${id}-tools`} onFormat={format} />}
      </div>
      <button
        type="submit"
        class="icon send"
        aria-label={say(editing ? 'compose.save' : 'compose.send')}
        title={say(editing ? 'compose.save' : 'compose.send')}
        disabled={!ready}
        // Keeps the focus in the text, and the on-screen keyboard open.
        onMouseDown={(event) => event.preventDefault()}
      >
        <Icon of={editing ? 'check' : 'send'} />
      </button>
      <MentionNote text={text} />
      <AbsentNote room={room.id} place={place} canAdd={powers.people} />
      {room.slow_seconds > 0 && !powers.moderate && (
        <SlowNote seconds={room.slow_seconds} waitSeconds={waitSeconds} />
      )}
    </form>
  )
}
