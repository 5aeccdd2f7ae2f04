import { batch, effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import { createId } from '../../sdk/ids.ts'
import type { Pending } from '../../sdk/state.ts'
import { type Attachment, isReady, parcelOf } from '../files/attachment.ts'
import type { Uploads } from '../files/uploads.ts'
import type { ActTools } from '../ground/act-tools.ts'
import type { Writing } from './writing.ts'

/** A message that waits until its files are uploaded. It looks like one that is being sent, which it becomes. */
export type Parcel = Pending & {
  readonly room: string
  readonly place: string
  readonly attachments: readonly Attachment[]
}

type Written = Pick<Parcel, 'room' | 'place' | 'content'> & { reply_to?: number | undefined }

export type Parcels = {
  /** In the order of writing. */
  readonly parcels: ReadonlySignal<readonly Parcel[]>
  /** Takes the tray of its place. */
  send(written: Written): void
  retry(clientId: string): void
  discard(clientId: string): void
}

/**
 * Messages with files of one room are sent in the order of writing. A text does not wait for them: a long upload must not silence its
 * author.
 */
export function createParcels(
  { client }: Pick<ActTools, 'client'>,
  uploads: Uploads,
  writing: Writing,
): Parcels {
  const waiting = signal<readonly Omit<Parcel, 'attachments'>[]>([])
  const parcels = signal<readonly Parcel[]>([])
  const drop = (clientId: string) => {
    waiting.value = waiting.value.filter(({ client_id }) => client_id !== clientId)
  }

  effect(() => {
    // Read, so that the effect runs again when one of them changes.
    const { value: all } = uploads.attachments
    const now = waiting.value.map((each): Parcel => {
      const attachments = all.filter(({ holder }) => holder === parcelOf(each.client_id))
      return { ...each, attachments, state: attachments.some(isFailed) ? 'failed' : 'sending' }
    })
    untracked(() => {
      if (now.length > 0 || parcels.value.length > 0) parcels.value = now
      // Somebody else has signed in: nothing of it is left.
      const empty = now.find(({ attachments }) => attachments.length === 0)
      if (empty) return drop(empty.client_id)
      const next = nextOf(now)
      if (next) dispatch(next)
    })
  })

  function dispatch({ client_id, room, content, reply_to, attachments }: Parcel) {
    const files = attachments.flatMap(({ uploaded }) => uploaded?.file ?? [])
    batch(() => {
      drop(client_id)
      uploads.release(parcelOf(client_id))
      void client().room(room).send(content, { client_id, reply_to, files })
    })
  }

  // The bytes are lost with the page. The text, and what is uploaded, are a draft again.
  window.addEventListener('pagehide', () =>
    batch(() => {
      for (const { client_id, room, place, content, reply_to } of waiting.value) {
        const draft = writing.drafts.value.get(place) ?? ''
        writing.draft(place, [content, draft].filter(Boolean).join('\n\n'))
        if (reply_to !== undefined) writing.reply({ room, seq: reply_to }, place)
        uploads.move(parcelOf(client_id), place)
      }
      waiting.value = []
    }),
  )

  return {
    parcels,
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
