import { computed, type ReadonlySignal } from '@preact/signals'
import type { MentionItem } from '../../protocol/mentions.ts'
import type { State } from '../../sdk/state.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { levelOf } from '../ground/notify-level.ts'
import { createListing, type Pages } from '../kit/paged-list.ts'

export type MentionActs = {
  /** Who meant you, newest first. */
  readonly list: ReadonlySignal<Pages<MentionItem> | undefined>
  /** How many unread messages mean you, without those in rooms that you have muted. */
  readonly count: ReadonlySignal<number>
  load(): void
  loadMore(): void
}

export function mentionActs({ state, client, onClient, attempt }: ActTools): MentionActs {
  const list = createListing((before: string | undefined) =>
    client().loadMentions(before === undefined ? {} : { before }),
  )
  onClient(() => list.clear())
  return {
    list: list.pages,
    count: computed(() => mentionsIn(state.value)),
    load: () => attempt(list.start()),
    loadMore: () => attempt(list.more()),
  }
}

const mentionsIn = ({ rooms }: State): number =>
  Object.values(rooms).reduce(
    (sum, room) => sum + (room.role && levelOf(room) !== 'nothing' ? room.mentions : 0),
    0,
  )
