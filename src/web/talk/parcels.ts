import { batch, computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import { createId } from '../../sdk/ids.ts'
import type { Sending } from '../../sdk/sendings.ts'
import { type Attachment, isReady, type Packed, parcelOf } from '../files/attachment.ts'
import { keepUnsent } from '../files/kept.ts'
import type { Uploads } from '../files/uploads.ts'
import type { ActTools } from '../ground/act-tools.ts'
import type { Writing } from './writing.ts'

/** A message that waits until its files are uploaded. It looks like one that is being sent, which it becomes. */
export type Parcel = Packed & { readonly attachments: readonly Attachment[] }

type Written = Pick<Parcel, 'room' | 'place' | 'content'> & { reply_to?: number | undefined }

export type Parcels = {
  /** In the order of writing. */
  readonly parcels: ReadonlySignal<readonly Parcel[]>
  /** Whether a message that is written now has to wait for one that was written before it. */
  holdsUp(room: string): boolean
  /** Takes the tray of its place. */
  send(written: Written): void
  retry(clientId: string): void
  discard(clientId: string): void
}

/**
 * Messages with files of one room are sent in the order of writing. A text does not wait for them: a long upload must not silence its
 * author. What is written without a connection is sent in the order of writing, all of it.
 */
export function createParcels(
  { client, onClient, onOnline, state }: Pick<ActTools, 'client' | 'onClient' | 'onOnline' | 'state'>,
  uploads: Uploads,
  writing: Writing,
  onSend: (place: string, sending: Sending) => void,
): Parcels {
  const waiting = signal<readonly Packed[]>([])
  const parcels = signal<readonly Parcel[]>([])
  const isOnline = computed(() => state.value.status === 'online')
  const drop = (clientId: string) => {
    waiting.value = waiting.value.filter(({ client_id }) => client_id !== clientId)
  }

  effect(() => {
    // Read, so that the effect runs again when one of them changes.
    const { value: all } = uploads.attachments
    const { value: mayGo } = isOnline
    const now = waiting.value.map((each): Parcel => {
      const attachments = all.filter(({ holder }) => holder === parcelOf(each.client_id))
      return { ...each, attachments, state: attachments.some(isFailed) ? 'failed' : 'sending' }
    })
    untracked(() => {
      if (now.length > 0 || parcels.value.length > 0) parcels.value = now
      // Its files were refused, and taken out of it.
      const empty = now.find(({ attachments, content }) => attachments.length === 0 && content.trim() === '')
      if (empty) return drop(empty.client_id)
      // What is uploaded may be deleted by the server before there is a connection again.
      const next = mayGo && nextOf(now)
      if (next) dispatch(next)
    })
  })

  function dispatch({ client_id, room, place, content, reply_to, attachments }: Parcel) {
    const files = attachments.flatMap(({ uploaded }) => uploaded?.file ?? [])
    batch(() => {
      taken(client_id)
      onSend(place, client().room(room).send(content, { client_id, reply_to, files }))
    })
  }

  const open = ({ client_id, room, place, content, reply_to }: Packed) => {
    const draft = writing.drafts.value.get(place) ?? ''
    writing.draft(place, [content, draft].filter(Boolean).join('\n\n'))
    if (reply_to !== undefined) writing.reply({ room, seq: reply_to }, place)
    uploads.move(parcelOf(client_id), place)
  }
  // What the browser does not keep is lost with the page. The text, and what is uploaded, are a draft again.
  window.addEventListener('pagehide', () =>
    batch(() => {
      for (const each of waiting.value) if (!each.kept) open(each)
      waiting.value = waiting.value.filter(({ kept }) => kept)
    }),
  )
  uploads.onForget(() => {
    waiting.value = []
  })
  const taken = (clientId: string) => {
    drop(clientId)
    uploads.release(parcelOf(clientId))
  }
  // Another tab may have sent it, or this one before it was closed.
  onClient((mine) =>
    mine.on('message.created', ({ actor, message: { client_id } }) => {
      if (client_id && actor === mine.state.me?.username) batch(() => taken(client_id))
    }),
  )
  keepUnsent({
    ...{ state, onOnline, uploads },
    packed: waiting,
    restore({ attachments, packed, opened, lost }) {
      uploads.restore(attachments)
      // By their time: ids begin with it.
      waiting.value = [...packed, ...waiting.value].sort((a, b) => (a.client_id < b.client_id ? -1 : 1))
      for (const each of opened) open(each)
      for (const [place, names] of lost) uploads.refuse(place, names)
    },
  })

  return {
    parcels,
    holdsUp: (room) =>
      parcels.value.some(
        (each) => each.room === room && each.state !== 'failed' && (each.offline || !isOnline.value),
      ),
    send({ room, place, content, reply_to }) {
      const client_id = createId()
      const at = new Date().toISOString()
      batch(() => {
        waiting.value = [
          ...waiting.value,
          {
            client_id,
            room,
            place,
            content,
            at,
            state: 'sending',
            offline: !isOnline.value,
            ...(reply_to !== undefined && { reply_to }),
          },
        ]
        uploads.move(place, parcelOf(client_id))
      })
    },
    retry(clientId) {
      for (const { id } of uploads.heldBy(parcelOf(clientId))) uploads.retry(id)
    },
    discard(clientId) {
      batch(() => {
        drop(clientId)
        for (const { id } of uploads.heldBy(parcelOf(clientId))) uploads.remove(id)
      })
    },
  }
}

const isFailed = ({ stage }: Attachment): boolean => stage === 'failed'

/** The first that is not refused, of each room. */
function nextOf(parcels: readonly Parcel[]): Parcel | undefined {
  const first = new Map<string, Parcel>()
  for (const parcel of parcels)
    if (parcel.state !== 'failed' && !first.has(parcel.room)) first.set(parcel.room, parcel)
  return [...first.values()].find(({ attachments }) => attachments.every(isReady))
}
