import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { MentionItem } from '../../protocol/mentions.ts'
import type { State } from '../../sdk/state.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { createHad } from '../ground/had.ts'
import { levelOf } from '../ground/notify-level.ts'
import { createListing, type Pages } from '../kit/paged-list.ts'
import type { Marks } from './marks.ts'

export type MentionActs = {
  /** Who meant you, newest first. */
  readonly list: ReadonlySignal<Pages<MentionItem> | undefined>
  /** How many unread messages mean you, without those in rooms that you have muted. */
  readonly count: ReadonlySignal<number>
  /** Whether anybody has ever meant you, as far as the page knows. */
  readonly some: ReadonlySignal<boolean>
  /** Where a text has keywords of yours. */
  readonly marks: ReadonlySignal<Marks | undefined>
  /** Resolves to those that are stored. */
  setKeywords(words: readonly string[]): Promise<readonly string[]>
  load(): void
  loadMore(): void
}

/** Spread, so that a crowd does not ask together. */
const lookMs = 1000

export function mentionActs(tools: ActTools): MentionActs {
  const { state, client, onClient, onOnline, attempt, quietly } = tools
  const list = createListing((before: string | undefined) =>
    client().loadMentions(before === undefined ? {} : { before }),
  )
  const count = computed(() => mentionsIn(state.value))
  const had = createHad('forYou', tools)
  /** Whether the server has said so, to this client. */
  let isSure = false
  const sure = (some: boolean): void => {
    isSure = some
    had.note(some)
  }
  effect(() => {
    if (count.value > 0 || list.pages.value?.items.length) sure(true)
  })
  const look = async () => {
    const asked = client()
    const { items } = await asked.loadMentions({ limit: 1 })
    if (asked === client()) sure(items.length > 0)
  }
  onClient(() => {
    list.clear()
    isSure = false
  })
  onOnline(() => {
    if (!isSure) setTimeout(() => quietly(look()), lookMs * Math.random())
  })
  const marks = signal<Marks>()
  const keywords = computed(() => state.value.keywords?.join('\n'))
  effect(() => {
    const words = keywords.value
    marks.value = undefined
    if (!words) return
    void import('./marks.ts').then(
      ({ marksOf }) => {
        if (keywords.peek() === words) marks.value = marksOf(words.split('\n'))
      },
      () => {},
    )
  })
  return {
    list: list.pages,
    count,
    some: had.some,
    marks,
    setKeywords: (words) => client().setKeywords(words),
    load: () => attempt(list.start()),
    loadMore: () => attempt(list.more()),
  }
}

const mentionsIn = ({ rooms }: State): number =>
  Object.values(rooms).reduce(
    (sum, room) => sum + (room.role && levelOf(room) !== 'nothing' ? room.mentions : 0),
    0,
  )
