import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Message } from '../../protocol/messages.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { createListing, type Pages } from '../kit/paged-list.ts'
import { sentenceFor } from '../language/error-text.ts'
import { createUploads, type Uploads } from './uploads.ts'

const pageSize = 30

export type FileActs = {
  /** What somebody is about to send. */
  readonly uploads: Uploads
  /** Whether this server takes files at all. */
  readonly mayUpload: ReadonlySignal<boolean>
  /** Messages with files of the room whose list is open, the newest first. */
  readonly found: ReadonlySignal<Pages<Message> | undefined>
  /** Why they could not be listed. */
  readonly notFound: ReadonlySignal<string | undefined>
  list(room: string): void
  more(): void
  /** A request that renews a session which has ended meanwhile: a picture cannot do that. */
  renewSession(): Promise<unknown>
}

export function fileActs(tools: ActTools): FileActs {
  const { client, onClient, quietly, state } = tools
  const notFound = signal<string>()
  let of = ''
  const listing = createListing<Message, string>(async (cursor) => {
    const room = of
    const items: Message[] = []
    for (let next = cursor; ; ) {
      const page = await client().rest('GET /search', {
        query: { q: '', in: room, has: 'file', limit: pageSize, cursor: next },
      })
      items.push(...page.items.map(({ message }) => message))
      next = page.next
      // A page may be empty although there is more behind it.
      if (items.length > 0 || next === undefined) return { items, ...(next === undefined ? {} : { next }) }
    }
  })
  const shown = async (load: Promise<void>) => {
    notFound.value = undefined
    try {
      await load
    } catch (error) {
      notFound.value = sentenceFor(error)
    }
  }

  onClient((mine) => {
    of = ''
    listing.clear()
    mine.on('message.deleted', ({ message }) => {
      if (message.room === of) listing.replace(({ seq }) => seq === message.seq, message)
    })
  })

  return {
    uploads: createUploads(tools),
    mayUpload: computed(() => state.value.limits?.files_per_user !== 0),
    found: listing.pages,
    notFound,
    list(room) {
      if (room !== of) listing.clear()
      of = room
      quietly(shown(listing.start()))
    },
    more: () => quietly(shown(listing.more())),
    renewSession: () => client().rest('GET /users/me'),
  }
}
