import { batch, computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import { filesPerMessage } from '../../protocol/file-numbers.ts'
import { isUsersChoice, mayRetry, RequestError } from '../../sdk/errors.ts'
import { createId } from '../../sdk/ids.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { limitConcurrency } from '../ground/limit-concurrency.ts'
import { type Attachment, isFresh, isParcel, isReady } from './attachment.ts'

const atOnce = 3
/** A server that refuses a large upload may only cut the connection: after so many tries the person decides. */
const tries = 3
const pauseMs = 2000

/** Why something was not put into the tray. */
export type Refused = {
  readonly why: 'tooLarge' | 'empty' | 'folder' | 'tooMany' | 'lost'
  readonly name: string
}

export type Uploads = ReturnType<typeof createUploads>

/** Uploads files one by one, and goes on when the connection is back. */
export function createUploads({ client, onOnline, quietly, state }: ActTools) {
  const attachments = signal<readonly Attachment[]>([])
  const refused = signal<ReadonlyMap<string, readonly Refused[]>>(new Map())
  const stops = new Map<string, AbortController>()
  const tried = new Map<string, number>()
  const forgetting: (() => void)[] = []
  const queue = limitConcurrency(atOnce)

  const find = (id: string) => attachments.value.find((each) => each.id === id)
  const change = (id: string, to: Partial<Attachment>) => {
    attachments.value = attachments.value.map((each) => (each.id === id ? { ...each, ...to } : each))
  }
  const isOnline = () => state.value.status === 'online'
  const start = (id: string) => queue.add(() => run(id))

  const run = async (id: string) => {
    const at = find(id)
    if (at?.stage !== 'waiting' || !isOnline()) return
    const stop = new AbortController()
    stops.set(id, stop)
    change(id, { stage: 'sending' })
    try {
      const uploaded = at.uploaded ? await describe(at, stop.signal) : await upload(at, stop.signal)
      tried.delete(id)
      change(id, { stage: 'done', uploaded })
      // It was described meanwhile.
      settle(id)
    } catch (error) {
      if (!stop.signal.aborted) failed(id, error)
    } finally {
      stops.delete(id)
    }
  }
  const upload = async ({ id, room, name, local, percent }: Attachment, ended: AbortSignal) => {
    const file = await client()
      .room(room)
      .upload(local!, {
        name,
        client_id: id,
        signal: ended,
        onProgress(sent, total) {
          percent.value = Math.floor((100 * sent) / Math.max(1, total))
        },
      })
    return { file, alt: '', atMs: Date.now() }
  }
  const describe = async ({ uploaded, alt: written }: Attachment, ended: AbortSignal) => {
    const alt = written.trim()
    const { file, atMs } = uploaded!
    const described = await client().rest('PATCH /files/:file', {
      ...{ params: { file: file.id }, body: { alt }, signal: ended },
    })
    return { file: described, alt, atMs }
  }
  const failed = (id: string, error: unknown) => {
    const times = (tried.get(id) ?? 0) + 1
    tried.set(id, times)
    const passes = mayRetry(error) && !/^files_|^internal/.test(error.reason)
    if (passes && !isOnline()) return change(id, { stage: 'waiting' })
    if (!passes || times >= tries) return change(id, { stage: 'failed', error })
    change(id, { stage: 'waiting' })
    setTimeout(() => start(id), error.retry_after_ms ?? pauseMs * times)
  }
  /** Whatever it still needs: to be described, or uploaded again because the server has deleted it. */
  const settle = (id: string) => {
    const at = find(id)
    if (at?.stage !== 'done') return
    if (!isFresh(at) && at.local) {
      const { uploaded: _, ...rest } = at
      attachments.value = attachments.value.map((each) =>
        each.id === id ? { ...rest, stage: 'waiting' } : each,
      )
    } else if (!isReady(at)) change(id, { stage: 'waiting' })
    else return
    start(id)
  }
  const retry = (id: string) => {
    if (find(id)?.stage !== 'failed') return
    tried.delete(id)
    change(id, { stage: 'waiting', error: undefined })
    start(id)
  }
  const drop = (dropped: readonly Attachment[]) => {
    for (const { id } of dropped) {
      stops.get(id)?.abort()
      tried.delete(id)
    }
    attachments.value = attachments.value.filter((each) => !dropped.includes(each))
  }
  const refuse = (place: string, those: readonly Refused[]) => {
    if (those.length === 0 && !refused.value.has(place)) return
    const next = new Map(refused.value)
    next.delete(place)
    if (those.length > 0) next.set(place, those)
    refused.value = next
  }

  const forget = () =>
    untracked(() => {
      drop(attachments.value)
      refused.value = new Map()
      for (const forgotten of forgetting) forgotten()
    })
  // Who signs in again goes on where they were; somebody else finds nothing.
  const me = computed(() => state.value.me?.username)
  let owner: string | undefined
  effect(() => {
    if (me.value === undefined || me.value === owner) return
    if (owner !== undefined) forget()
    owner = me.value
  })
  effect(() => {
    if (isUsersChoice(state.value.endedBecause ?? '')) forget()
  })
  onOnline(() => {
    for (const { id, stage, error } of attachments.value) {
      if (stage === 'waiting') start(id)
      else if (error instanceof RequestError && error.code === 'unreachable') retry(id)
      else settle(id)
    }
  })
  // The browser asks before what is not sent yet would be lost.
  effect(() => {
    const isOpen = ({ stage, holder, kept }: Attachment) => !kept && (stage !== 'done' || isParcel(holder))
    if (attachments.value.some(isOpen)) window.addEventListener('beforeunload', askFirst)
    else window.removeEventListener('beforeunload', askFirst)
  })

  const heldBy = (holder: string) => attachments.value.filter((each) => each.holder === holder)
  return {
    attachments: attachments as ReadonlySignal<readonly Attachment[]>,
    /** By place: what was not taken, until the tray changes. */
    refused: refused as ReadonlySignal<ReadonlyMap<string, readonly Refused[]>>,
    heldBy,
    add(room: string, place: string, picked: readonly Blob[], folders: readonly string[] = []) {
      const most = state.value.limits?.file_bytes ?? Number.POSITIVE_INFINITY
      const not: Refused[] = folders.map((name) => ({ why: 'folder', name }))
      let left = filesPerMessage - heldBy(place).length
      const added: Attachment[] = []
      for (const local of picked) {
        const name =
          'name' in local && typeof local.name === 'string' && local.name !== '' ? local.name : 'file'
        const why =
          local.size === 0 ? 'empty' : local.size > most ? 'tooLarge' : left === 0 ? 'tooMany' : undefined
        if (why) {
          not.push({ why, name })
          continue
        }
        left -= 1
        const percent = signal(0)
        const id = createId()
        const { type, size: bytes } = local
        added.push({ id, room, holder: place, name, type, bytes, local, alt: '', stage: 'waiting', percent })
      }
      attachments.value = [...attachments.value, ...added]
      refuse(place, not)
      for (const { id } of added) start(id)
    },
    /** It ends its upload; what is uploaded already is deleted. */
    remove(id: string) {
      const at = find(id)
      if (!at) return
      drop([at])
      refuse(at.holder, [])
      const file = at.uploaded?.file.id
      if (file !== undefined) quietly(client().rest('DELETE /files/:file', { params: { file } }))
    },
    retry,
    refuse,
    /** Whether it survives the page. */
    mark(id: string, kept: boolean) {
      if (find(id)) change(id, { kept })
    },
    /** Called when somebody else has signed in, or its person has signed out. */
    onForget: (forgotten: () => void) => void forgetting.push(forgotten),
    /** Goes on with what was not sent when the page was closed. */
    restore(found: readonly Attachment[]) {
      attachments.value = [...found, ...attachments.value]
      for (const { id, stage } of found) if (stage === 'waiting') start(id)
    },
    describe: (id: string, alt: string) => change(id, { alt }),
    settle,
    /** Gives the attachments of one holder to another. */
    move(from: string, to: string) {
      batch(() => {
        attachments.value = attachments.value.map((each) =>
          each.holder === from ? { ...each, holder: to } : each,
        )
        refuse(from, [])
        for (const { id } of heldBy(to)) settle(id)
      })
    },
    /** Their message has them now. */
    release(holder: string) {
      drop(heldBy(holder))
    },
  }
}

const askFirst = (event: BeforeUnloadEvent) => event.preventDefault()
