import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Message, ReactionPage, ReactionsQuery, VersionPage } from '../../protocol/messages.ts'
import type { Author } from '../../protocol/users.ts'
import { findSeq, indexFrom } from '../../sdk/by-seq.ts'
import type { Sending } from '../../sdk/sendings.ts'
import { roomOf } from '../../sdk/state.ts'
import type { FileActs } from '../files/acts.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { addressOf } from '../ground/route.ts'
import { say } from '../language/say.ts'
import { collectNotices, type Notice } from './notices.ts'
import { createParcels, type Parcels } from './parcels.ts'
import { collectPins } from './pins.ts'
import { keepWriting, type PerRoom, placeOf, type Writing } from './writing.ts'

/** The largest that the server allows, so that scrolling far back needs few requests. */
const pageSize = 100

export type TalkActs = Writing & {
  /** Messages that wait until their files are uploaded. */
  readonly parcels: Parcels['parcels']
  /** The notices that are loaded so far. */
  readonly notices: PerRoom<readonly Notice[]>
  /** Loads the notices from one part of the log (`partOf`) to another. */
  lookBack(room: string, first: number, last: number): void
  /** Longest message that the server accepts, in UTF-16 code units. */
  readonly limit: ReadonlySignal<number>
  /** Pinned messages, newest first; a room has none here until `loadPins` was called. */
  readonly pins: PerRoom<readonly Message[]>
  /** Sends a new message or a reply, with what is in the tray of its place, or saves the text of the message being edited. In a thread, what is no reply is one to its first message. */
  send(room: string, text: string, thread?: number): void
  /** By place: the people whom your last message names, and who are not in the room. */
  readonly absent: PerRoom<readonly Author[]>
  addAbsent(room: string, place: string): void
  forgetAbsent(place: string): void
  retry(room: string, clientId: string): void
  discard(room: string, clientId: string): void
  remove(message: Message): void
  /** Rejects where it is refused. */
  removeAt(room: string, seq: number): Promise<void>
  removePreview(message: Message, preview: string): void
  pin(message: Message, on: boolean): void
  react(room: string, seq: number, emoji: string, on: boolean): void
  /** Who reacted, by emoji; with `emoji` and `after`, more people of one. */
  reactors(message: Message, query?: ReactionsQuery): Promise<ReactionPage['items']>
  /** The texts that it has had, in their order, page by page. */
  versions(message: Message, after?: number): Promise<VersionPage>
  showThread(room: string, seq: number): void
  closeThread(room: string): void
  /** Loads a thread into the state, and keeps it live; returns how to stop it. */
  openThread(room: string, seq: number): () => void
  olderReplies(room: string, seq: number): void
  loadPins(room: string): void
  linkTo(message: Message): string
  older(room: string): void
  /** Loads the page after the excerpt. */
  newer(room: string): void
  toLatest(room: string): void
  /** Loads a message and those around it; with `orNext`, the first one after it if it does not exist. Resolves to it. */
  seek(room: string, seq: number, orNext?: boolean): Promise<Message | undefined>
  /** Removes the message from the address once it is shown, so that the same link works a second time. */
  arrived(room: string): void
  /** Resolves to the first message after this seq, and does not add it to the state. */
  firstAfter(room: string, seq: number): Promise<Message | undefined>
  /** Loads one message into the room's `quoted`. */
  loadQuoted(room: string, seq: number): void
  typing(room: string): void
  markRead(room: string): void
  /** Marks a message and what follows as unread. */
  keepUnread(message: Message): void
}

export function talkActs(tools: ActTools, files: FileActs): TalkActs {
  const { client, onClient, attempt, quietly, state, page, toast } = tools
  const { notices, lookBack, collect } = collectNotices({ client, state, quietly })
  const writing = keepWriting({ state, page, onClient })
  const absent = signal<ReadonlyMap<string, readonly Author[]>>(new Map())
  const setAbsent = (place: string, people?: readonly Author[]) => {
    const next = new Map(absent.value)
    if (people) next.set(place, people)
    else next.delete(place)
    absent.value = next
  }
  const noteAbsent = (place: string, sending: Sending) => {
    setAbsent(place)
    quietly(sending.then((sent) => setAbsent(place, sent.absent)))
  }
  const parcels = createParcels(tools, files.uploads, writing, noteAbsent)
  const { pins, loadPins, collect: collectPinned } = collectPins({ client, attempt, quietly })
  onClient((mine) => {
    absent.value = new Map()
    collect(mine)
    collectPinned(mine)
  })

  const at = ({ room, seq }: Message) => ({ room, seq })
  const change = (message: Message, content: string, place: string) =>
    attempt(
      client()
        .room(message.room)
        .edit(message.seq, content)
        .catch((error) => {
          // The new text is kept when the server refuses it.
          if (!writing.editing.value.has(place)) writing.edit(message, place, content)
          throw error
        }),
    )
  const isSame = ({ room, seq }: Message, text: string) => {
    const known = roomOf(state.value, room)
    const found = findSeq(known?.messages ?? [], seq) ?? findSeq(known?.excerpt?.messages ?? [], seq)
    return found?.content === text
  }

  return {
    notices,
    lookBack,
    limit: computed(() => state.value.limits?.message_characters ?? Number.POSITIVE_INFINITY),
    ...writing,
    parcels: parcels.parcels,
    pins,
    send(room, text, thread) {
      const place = placeOf(room, thread)
      const edited = writing.editing.value.get(place)?.message
      const reply_to = writing.replyingTo.value.get(place) ?? thread
      writing.cancel(place)
      files.uploads.refuse(place, [])
      if (edited && isSame(edited, text)) return
      if (edited) change(edited, text, place)
      else if (files.uploads.heldBy(place).length > 0 || parcels.holdsUp(room))
        parcels.send({ room, place, content: text, reply_to })
      else noteAbsent(place, client().room(room).send(text, { reply_to }))
    },
    absent,
    forgetAbsent: (place) => setAbsent(place),
    addAbsent(room, place) {
      const people = absent.value.get(place) ?? []
      const add = async () => {
        for (const { username } of people)
          await client().rest('PUT /rooms/:room/members/:username', { params: { room, username } })
        setAbsent(place)
        toast.value = say('slash.invited', { name: people.map((each) => each.display_name).join(', ') })
      }
      attempt(add())
    },
    retry(room, clientId) {
      parcels.retry(clientId)
      client().room(room).retry(clientId)
    },
    discard(room, clientId) {
      parcels.discard(clientId)
      client().room(room).discard(clientId)
    },
    remove: (message) => attempt(client().room(message.room).delete(message.seq)),
    removeAt: async (room, seq) => void (await client().room(room).delete(seq)),
    removePreview: ({ room, seq }, preview) => attempt(client().room(room).removePreview(seq, preview)),
    pin: (message, on) => attempt(client().request(on ? 'pin.add' : 'pin.remove', at(message))),
    react: (room, seq, emoji, on) =>
      attempt(client().request(on ? 'reaction.add' : 'reaction.remove', { room, seq, emoji })),
    reactors: ({ room, seq }, query) => client().room(room).reactions(seq, query),
    versions: ({ room, seq }, after) =>
      client()
        .room(room)
        .versions(seq, after === undefined ? {} : { after }),
    showThread: (room, seq) => page.go(addressOf(room, undefined, seq)),
    closeThread(room) {
      if (page.room.value === room) page.go(addressOf(room))
    },
    openThread(room, seq) {
      const thread = client().room(room).thread(seq)
      let root = seq
      const loading = thread.open().then((opened) => {
        root = opened.seq
        // By a link to a reply.
        if (root !== seq && page.room.value === room) page.readdress(addressOf(room, undefined, root))
      })
      attempt(loading)
      return () => void loading.catch(() => {}).then(() => client().room(room).thread(root).close())
    },
    olderReplies: (room, seq) => quietly(client().room(room).thread(seq).older(pageSize)),
    loadPins,
    linkTo: ({ room, seq }) => `${location.origin}${location.pathname}${addressOf(room, seq)}`,
    older: (id) => quietly(client().room(id).older(pageSize)),
    newer: (id) => quietly(client().room(id).newer(pageSize)),
    toLatest: (id) => client().room(id).toLatest(),
    async seek(id, seq, orNext = false) {
      const handle = await client().room(id).open()
      const found = await handle.around(seq)
      if (found || !orNext) {
        if (!found) handle.toLatest()
        return found
      }
      const room = roomOf(state.value, id)
      const messages = room?.excerpt?.messages ?? room?.messages ?? []
      return messages[indexFrom(messages, seq)]
    },
    arrived(id) {
      const route = page.route.value
      if (route.view === 'room' && route.room === id) page.readdress(addressOf(id, undefined, route.thread))
    },
    async firstAfter(id, seq) {
      const { items } = await client().request('message.list', { room: id, after: seq, limit: 1 })
      return items[0]
    },
    loadQuoted: (id, seq) => quietly(client().room(id).loadQuoted(seq)),
    typing: (id) => client().room(id).typing(),
    markRead: (id) => client().room(id).markRead(),
    keepUnread: ({ room, seq }) => attempt(client().room(room).markUnread(seq)),
  }
}
