import { batch, computed, effect, type Signal, signal, untracked } from '@preact/signals'
import { isUsersChoice } from '../../sdk/errors.ts'
import { createId } from '../../sdk/ids.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { isFresh, type Packed, parcelOf } from './attachment.ts'
import type { Kept, Restored } from './keep.ts'
import type { Uploads } from './uploads.ts'

type Parts = Pick<ActTools, 'state' | 'onOnline'> & {
  uploads: Uploads
  packed: Signal<readonly Packed[]>
  restore(found: Restored): void
}

/** What is not sent survives the page, where the browser has a place for it. */
export function keepUnsent({ state, onOnline, uploads, packed, restore }: Parts): void {
  const me = computed(() => state.value.me?.username)
  let owner: string | undefined
  let kept: Promise<Kept | undefined> | undefined
  const mark = (id: string, isKept: boolean) => {
    uploads.mark(id, isKept)
    if (isKept)
      packed.value = packed.value.map((each) => (each.client_id === id ? { ...each, kept: true } : each))
  }
  const tools = { batch, effect, signal, createId, isFresh, parcelOf }
  const parts = { state: () => state.peek(), attachments: uploads.attachments, packed, mark, restore, tools }
  effect(() => {
    const username = me.value
    if (username === undefined || username === owner) return
    owner = username
    void kept?.then((before) => before?.close())
    kept = untracked(() => import('./keep.ts').then(({ keep }) => keep({ ...parts, username })))
    // A browser may forbid storage: then it waits while the page is open.
    kept = kept.catch(() => {
      effect(() => {
        for (const { id, kept: isKnown } of uploads.attachments.value)
          if (isKnown === undefined) uploads.mark(id, false)
      })
      return undefined
    })
  })
  onOnline(() => void kept?.then((mine) => mine?.look()))
  effect(() => {
    if (isUsersChoice(state.value.endedBecause ?? '')) void kept?.then((mine) => mine?.erase())
  })
}
