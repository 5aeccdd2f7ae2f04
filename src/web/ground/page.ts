import { computed, signal } from '@preact/signals'
import { type OneTimeLink, oneTimeLinkIn, type Route, routeIn, setUpCodeIn } from './route.ts'

export type Page = ReturnType<typeof watchPage>

/** The browser's tab: its address, its title, and whether it is in view. */
export function watchPage(window: Window) {
  const { location, history, document } = window
  const route = signal<Route>(routeIn(location.hash))
  const room = computed(() => (route.value.view === 'room' ? route.value.room : undefined))
  const setUpCode = signal(setUpCodeIn(location.hash))
  /** The one-time link that was opened, until it is used or left. */
  const link = signal<OneTimeLink>()
  const visible = signal(document.visibilityState === 'visible')

  const tablet = window.matchMedia('(min-width: 46rem)')
  const narrow = signal(!tablet.matches)
  tablet.addEventListener('change', () => {
    narrow.value = !tablet.matches
  })

  let at = ''
  const arrive = () => {
    if (location.hash === at) return
    at = location.hash
    const code = setUpCodeIn(location.hash)
    const opened = oneTimeLinkIn(location.hash)
    if (code !== undefined) setUpCode.value = code
    if (opened) link.value = opened
    if (code !== undefined || opened) {
      // A one-time code must not stay in the history or appear on a screenshot.
      history.replaceState(null, '', location.pathname)
      at = ''
    }
    route.value = routeIn(location.hash)
  }
  arrive()
  window.addEventListener('hashchange', arrive)
  document.addEventListener('visibilitychange', () => {
    visible.value = document.visibilityState === 'visible'
  })

  return {
    route,
    room,
    setUpCode,
    link,
    visible,
    /** Whether the page has one pane, as on a phone; the same width as in `shell.css`. */
    narrow,
    go(address: string) {
      location.hash = address
      // Now and not at `hashchange`, which comes later: the next key would still go to the previous room.
      arrive()
    },
    /** Replaces the address without a new entry in the history. */
    readdress(address: string) {
      // A link was followed, and the event that says so is still to come: it must not be lost.
      if (location.hash !== at) return arrive()
      history.replaceState(null, '', address)
      arrive()
    },
    entitle(title: string) {
      document.title = title
    },
  }
}
