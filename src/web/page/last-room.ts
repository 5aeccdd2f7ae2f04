import { effect, type ReadonlySignal } from '@preact/signals'
import { roomOf, type State } from '../../sdk/state.ts'
import type { Page } from '../ground/page.ts'
import { preferences } from '../ground/preferences.ts'
import { addressOf } from '../ground/route.ts'
import type { Stage } from '../ground/store.ts'

/** Opens the room that was open last, once, if the page came without an address; a phone shows the list. */
export function keepLastRoom(
  { location }: Window,
  page: Page,
  state: ReadonlySignal<State>,
  stage: ReadonlySignal<Stage>,
): void {
  const { lastRoom } = preferences
  let isFresh = true
  effect(() => {
    if (!isFresh || stage.value !== 'rooms') return
    isFresh = false
    const [now, last] = [state.peek(), lastRoom.peek()]
    if (page.narrow.peek() || location.hash !== '' || hasSteps(now)) return
    if (roomOf(now, last)?.role) page.readdress(addressOf(last))
  })
  effect(() => {
    const room = roomOf(state.value, page.room.value ?? '')
    if (room?.role) lastRoom.value = room.id
  })
}

/** Where no room is open, an administrator sees what a new community still needs. */
const hasSteps = ({ me, community }: State): boolean =>
  me?.roles.includes('admin') === true &&
  !(community?.name && community.avatar) &&
  !preferences.stepsHidden.peek().split(' ').includes(me.username)
