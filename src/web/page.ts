import { signal } from '@preact/signals'
import { roomIn, setUpCodeIn } from './route.ts'

/** The browser's side: the address bar, the title, and whether anybody may be looking. */
export function watchPage(window: Window) {
  const { location, history, document } = window
  const room = signal(roomIn(location.hash))
  const setUpCode = signal(setUpCodeIn(location.hash))
  const visible = signal(document.visibilityState === 'visible')

  const arrive = () => {
    const code = setUpCodeIn(location.hash)
    if (code !== undefined) {
      setUpCode.value = code
      // A one-time code has no business in the history or on somebody's screenshot.
      history.replaceState(null, '', location.pathname)
    }
    room.value = roomIn(location.hash)
  }
  arrive()
  window.addEventListener('hashchange', arrive)
  document.addEventListener('visibilitychange', () => {
    visible.value = document.visibilityState === 'visible'
  })

  return {
    room,
    setUpCode,
    visible,
    go(address: string) {
      location.hash = address
    },
    entitle(title: string) {
      document.title = title
    },
  }
}
