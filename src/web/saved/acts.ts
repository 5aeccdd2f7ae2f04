import { type ReadonlySignal, signal } from '@preact/signals'
import type { Message } from '../../protocol/messages.ts'
import type { SavedItem } from '../../protocol/saved.ts'
import type { Client } from '../../sdk/client.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { createHad } from '../ground/had.ts'

export type SavedActs = {
  /** What you have saved for later, what you saved last first. Undefined until it is loaded. */
  readonly list: ReadonlySignal<readonly SavedItem[] | undefined>
  /** Whether you have saved any. */
  readonly some: ReadonlySignal<boolean>
  has(message: Message): boolean
  save(message: Message, on: boolean): void
}

/** Saves often come together, and one request says of all of them. Spread, so that a crowd does not ask together. */
const joinMs = 500
const pageSize = 100

/** All of them, and not a page: each message says whether it is one of them. A person can save 1,000. */
export function savedActs(tools: ActTools): SavedActs {
  const { client, onClient, onOnline, quietly, attempt } = tools
  const had = createHad('saved', tools)
  const list = signal<readonly SavedItem[] | undefined>()
  const places = signal<ReadonlySet<string>>(new Set())
  let timer: ReturnType<typeof setTimeout> | undefined

  const show = (items: readonly SavedItem[] | undefined) => {
    list.value = items
    places.value = new Set(items?.map(placeOf))
  }
  const look = async () => {
    timer = undefined
    const asked = client()
    const items = await readAll(asked)
    if (asked !== client()) return
    show(items)
    had.note(items.length > 0)
  }
  const lookSoon = () => {
    timer ??= setTimeout(() => quietly(look()), joinMs * (0.5 + Math.random()))
  }

  onClient((mine) => {
    clearTimeout(timer)
    timer = undefined
    show(undefined)
    mine.on('saved.changed', ({ saved, ...place }) => {
      const next = new Set(places.value)
      if (saved) next.add(placeOf(place))
      else next.delete(placeOf(place))
      places.value = next
      if (!saved) list.value = list.value?.filter((item) => placeOf(item) !== placeOf(place))
      lookSoon()
    })
    for (const type of ['message.deleted', 'message.edited'] as const)
      mine.on(type, ({ message }) => {
        if (places.value.has(placeOf(message))) lookSoon()
      })
    // Those of a room come and go with it.
    mine.on('room.opened', lookSoon)
    mine.on('room.closed', lookSoon)
  })
  onOnline(lookSoon)

  return {
    list,
    some: had.some,
    has: (message) => places.value.has(placeOf(message)),
    save: ({ room, seq }, on) =>
      attempt(on ? client().room(room).save(seq) : client().room(room).unsave(seq)),
  }
}

const placeOf = ({ room, seq }: { room: string; seq: number }): string => `${room} ${seq}`

async function readAll(client: Client): Promise<SavedItem[]> {
  const items: SavedItem[] = []
  let before: string | undefined
  do {
    const page = await client.loadSaved({ limit: pageSize, ...(before === undefined ? {} : { before }) })
    items.push(...page.items)
    before = page.next
  } while (before !== undefined)
  return items
}
