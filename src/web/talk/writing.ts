import { computed, effect, type ReadonlySignal } from '@preact/signals'
import type { Message } from '../../protocol/messages.ts'
import { isUsersChoice } from '../../sdk/errors.ts'
import { roomOf } from '../../sdk/state.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { createDrafts } from './drafts.ts'

/** A value for each room, and for each thread: by its place. */
export type PerRoom<Value> = ReadonlySignal<ReadonlyMap<string, Value>>

/** Where you write: in a room, or in one of its threads. No room id has a space. */
export const placeOf = (room: string, thread?: number): string =>
  thread === undefined ? room : `${room} thread ${thread}`

/** The room of a place, and the thread. */
export function spotAt(place: string): { room: string; thread?: number } {
  const [room = '', , thread] = place.split(' ')
  return { room, ...(thread === undefined ? {} : { thread: Number(thread) }) }
}

/** A message of yours, and the text that it is to get. */
export type Edit = { readonly message: Message; readonly text: string }

export type Writing = {
  /** The drafts. This browser keeps a draft until it is sent or its author signs out. */
  readonly drafts: PerRoom<string>
  /** The rooms that have a draft. */
  readonly drafted: ReadonlySignal<ReadonlySet<string>>
  /** How many places have one, without where you are writing now. */
  readonly unsent: ReadonlySignal<number>
  draft(room: string, text: string): void
  /** The seq of the message to which you are writing a reply; kept like a draft. */
  readonly replyingTo: PerRoom<number>
  /** The message that you are editing, with its unsaved text; kept like a draft. */
  readonly editing: PerRoom<Edit>
  /** Starts a reply to this message, and cancels an edit. */
  reply(message: Pick<Message, 'room' | 'seq'>, place?: string): void
  /** Starts an edit, and cancels a reply; with `text`, goes on with one. */
  edit(message: Message, place?: string, text?: string): void
  /** Cancels the reply or the edit. */
  cancel(place: string): void
}

/** What you are writing in each room. A look into another room or a reload loses nothing of it. */
export function keepWriting({
  state,
  page,
  onClient,
}: Pick<ActTools, 'state' | 'page' | 'onClient'>): Writing {
  const drafts = createDrafts(window)
  const replies = createDrafts(window, 'reply')
  const edits = createDrafts(window, 'edit')
  const all = [drafts, replies, edits]
  onClient(() => {
    for (const each of all) each.close()
  })
  const me = computed(() => state.value.me?.username)
  effect(() => {
    if (me.value !== undefined) for (const each of all) each.open(me.value)
  })
  effect(() => {
    if (isUsersChoice(state.value.endedBecause ?? '')) for (const each of all) each.erase()
  })

  const cancel = (place: string) => {
    replies.write(place, '')
    edits.write(place, '')
  }
  return {
    drafts: drafts.drafts,
    drafted: drafts.drafted,
    unsent: computed(() => {
      const route = page.route.value
      const here = route.view === 'room' ? [route.room, placeOf(route.room, route.thread)] : []
      return [...drafts.drafted.value].filter(
        (place) => roomOf(state.value, spotAt(place).room)?.role && !here.includes(place),
      ).length
    }),
    draft: drafts.write,
    replyingTo: computed(() => mapped(replies.drafts.value, Number)),
    editing: computed(() => mapped(edits.drafts.value, editFrom)),
    reply({ room, seq }, place = room) {
      cancel(place)
      replies.write(place, String(seq))
    },
    edit(message, place = message.room, text = message.content) {
      replies.write(place, '')
      edits.write(place, JSON.stringify({ message, text } satisfies Edit))
    },
    cancel,
  }
}

/** Without the rooms whose text is not what this version of the page writes. */
function mapped<Value>(texts: ReadonlyMap<string, string>, read: (text: string) => Value | undefined) {
  const found = new Map<string, Value>()
  for (const [room, text] of texts) {
    const value = read(text)
    if (value) found.set(room, value)
  }
  return found
}

function editFrom(text: string): Edit | undefined {
  try {
    const edit = JSON.parse(text) as Edit | null
    return typeof edit?.text === 'string' && typeof edit.message?.seq === 'number' ? edit : undefined
  } catch {
    return undefined
  }
}
