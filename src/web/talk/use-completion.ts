import type { RefObject } from 'preact'
import { useEffect, useId, useMemo, useState } from 'preact/hooks'
import type { User } from '../../protocol/users.ts'
import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { emojis, loadEmoji, withEmoji } from '../text/emoji/emoji.ts'
import { noteEmoji } from '../text/emoji/recent.ts'
import { insert } from '../text/format/insert.ts'
import { type Asked, askedAt, type Suggestion, suggestionsFor } from './completion.ts'

export type Completion = ReturnType<typeof useCompletion>

/**
 * Completes the word before the caret. The box stays a text box and keeps the focus: in ARIA a `textarea` cannot be a
 * combobox, but it can point at the active option of a list.
 */
export function useCompletion(
  box: RefObject<HTMLTextAreaElement | null>,
  room: RoomState,
  me: User | undefined,
) {
  const { rooms } = useStore()
  const id = useId()
  const [word, setWord] = useState<Asked>()
  const [at, setAt] = useState(0)
  /** The start of the word at which Escape was pressed: the list does not open for it again. */
  const [dismissed, setDismissed] = useState<number>()

  useEffect(() => void loadEmoji(), [])
  const { online, messages, members } = room
  const all = word?.kind === 'emoji' ? emojis() : undefined
  const titles = word?.kind === 'room' ? rooms.titles.value : undefined
  const list = useMemo(
    () => (word && word.from !== dismissed ? suggestionsFor(word, room, me, titles) : []),
    [word, dismissed, online, messages, members, all, titles],
  )
  const asked = list.length > 0 ? word : undefined
  const chosen = Math.min(at, list.length - 1)

  const look = () => {
    // The browser sends `select` a moment later: the room may not be in view any more.
    if (!box.current) return
    const { value, selectionStart, selectionEnd } = box.current
    const next = selectionStart === selectionEnd ? askedAt(value, selectionStart) : undefined
    if (next?.from === word?.from && next?.query === word?.query) return
    setWord(next)
    setAt(0)
    if (next?.from !== dismissed) setDismissed(undefined)
  }
  /** The colon that ends the name of an emoji was typed. */
  const replaceName = () => {
    const { current } = box
    if (!current || current.selectionStart !== current.selectionEnd) return
    const to = current.selectionStart
    const typed = /(?:^|\s)(:[a-z0-9_+-]+:)$/.exec(current.value.slice(0, to))?.[1]
    const emoji = typed && withEmoji(typed)
    if (!emoji || emoji === typed) return
    const from = to - typed.length
    const end = from + emoji.length
    insert(current, { from, to, text: emoji, selected: [end, end] })
    noteEmoji(emoji)
  }
  const pick = (suggestion: Suggestion) => {
    const { current } = box
    if (!current || !word) return
    const to = current.selectionStart
    const spaced = /^\s/.test(current.value.slice(to))
    const text = spaced ? suggestion.text.trimEnd() : suggestion.text
    const end = word.from + text.length
    insert(current, { from: word.from, to, text, selected: [end, end] })
    if (suggestion.sign) noteEmoji(suggestion.sign)
    setWord(undefined)
  }
  /** Returns whether the key was for the list. */
  const press = ({ key, shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean => {
    if (!asked || shiftKey || altKey || ctrlKey || metaKey) return false
    const last = list.length - 1
    const to = { ArrowDown: chosen >= last ? 0 : chosen + 1, ArrowUp: chosen <= 0 ? last : chosen - 1 }[key]
    if (to !== undefined) setAt(to)
    else if (key === 'Enter' || key === 'Tab') pick(list[chosen]!)
    else if (key === 'Escape') setDismissed(asked.from)
    else return false
    return true
  }

  return {
    id,
    asked,
    list,
    at: chosen,
    setAt,
    pick,
    look,
    replaceName,
    press,
    close: () => setWord(undefined),
    attributes: {
      'aria-autocomplete': 'list',
      ...(asked ? { 'aria-controls': id, 'aria-activedescendant': `${id}-${chosen}` } : {}),
    } as const,
  }
}
