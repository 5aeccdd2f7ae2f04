import { useEffect } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { addressOf } from '../ground/route.ts'
import type { Store } from '../ground/store.ts'
import { joinedRooms } from '../rooms/rows.ts'
import { OpenPalette, SearchBox, Shortcuts, StatusSheet } from './later.tsx'
import { listenForKeys } from './shortcuts.ts'

/** What a shortcut opens over every view: the palette, and the list of shortcuts. */
export function Overlays() {
  const store = useStore()
  const close = () => {
    store.overlay.value = undefined
  }
  useEffect(
    () =>
      listenForKeys(window, {
        palette: () => {
          store.overlay.value = store.overlay.value === 'palette' ? undefined : 'palette'
        },
        search: () => openSearch(store),
        help: () => {
          store.overlay.value = 'shortcuts'
        },
        step: (by, unread) => step(store, by, unread),
      }),
    [store],
  )
  if (store.overlay.value === 'palette') return <OpenPalette onClose={close} />
  if (store.overlay.value === 'search') return <SearchBox onClose={close} />
  if (store.overlay.value === 'status') return <StatusSheet onClose={close} />
  if (store.overlay.value === 'shortcuts') return <Shortcuts onClose={close} />
  return null
}

function openSearch(store: Store): boolean {
  if (store.overlay.value === 'search') return false
  const { text, room, ...asked } = store.search.asked.value
  const here = store.room.value
  // What was asked in another room is not what is looked for in this one.
  store.search.asked.value = { ...asked, text, ...(here && room !== undefined ? { room: here } : {}) }
  store.overlay.value = 'search'
  return true
}

function step(store: Store, by: 1 | -1, unread: boolean): void {
  const rooms = joinedRooms(store.state.value)
  const here = rooms.findIndex(({ id }) => id === store.room.value)
  for (let turn = 1; turn <= rooms.length; turn += 1) {
    const from = here < 0 && by < 0 ? 0 : here
    const next = rooms[(from + by * turn + rooms.length * 2) % rooms.length]!
    if (!unread || next.unread > 0) return store.go(addressOf(next.id))
  }
}
