import { computed, effect, type Signal, signal } from '@preact/signals'
import { isUsersChoice } from '../../sdk/errors.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { type Attachment, isFresh, isParcel } from './attachment.ts'

type Parts = Pick<ActTools, 'state'> & { attachments: Signal<readonly Attachment[]> }

/**
 * What is uploaded and not sent stays in its tray over a reload of this tab. The bytes of all else are gone with the page: a browser
 * keeps no file that somebody has picked.
 */
export function keepUploaded({ state, attachments }: Parts): void {
  const me = computed(() => state.value.me?.username)
  let loaded: string | undefined
  const quietly = <Result>(act: (storage: Storage) => Result): Result | undefined => {
    try {
      return act(window.sessionStorage)
    } catch {
      // As with drafts: without storage a reload loses them.
      return undefined
    }
  }
  const keyOf = (username: string) => `parley.files ${username}`

  effect(() => {
    const username = me.value
    const now = attachments.value
    if (username === undefined) return
    if (loaded !== username) {
      loaded = username
      const kept = quietly((storage) => read(storage.getItem(keyOf(username)))) ?? []
      if (kept.length > 0) attachments.value = [...kept, ...now]
      return
    }
    const uploaded = now.filter(({ holder, stage }) => stage === 'done' && !isParcel(holder))
    quietly((storage) => {
      if (uploaded.length === 0) storage.removeItem(keyOf(username))
      else storage.setItem(keyOf(username), JSON.stringify(uploaded.map(written)))
    })
  })
  effect(() => {
    const { endedBecause, me } = state.value
    if (me && isUsersChoice(endedBecause ?? '')) quietly((storage) => storage.removeItem(keyOf(me.username)))
  })
}

const written = ({ local: _, percent: _percent, ...rest }: Attachment) => rest

/** Nothing, if it is not what this version of the page writes. */
function read(text: string | null): Attachment[] {
  const kept: unknown = JSON.parse(text ?? '[]')
  if (!Array.isArray(kept)) return []
  return (kept as Attachment[])
    .filter(({ id, holder, uploaded }) => id && holder && typeof uploaded?.file?.id === 'string')
    .map((each) => ({ ...each, percent: signal(100) }))
    .filter(isFresh)
}
