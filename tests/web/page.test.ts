import { expect, test } from 'bun:test'
import { watchPage } from '../../src/web/ground/page.ts'

/** As much of a browser's window as the page watches. It says later that its address has changed, as browsers do. */
function openWindow(hash: string) {
  const location = { hash, pathname: '/' }
  const heard: (() => void)[] = []
  const window = {
    location,
    history: {
      replaceState: (_state: unknown, _title: string, address: string) => {
        location.hash = address
      },
    },
    document: { visibilityState: 'visible', addEventListener: () => {} },
    matchMedia: () => ({ matches: true, addEventListener: () => {} }),
    addEventListener: (_type: string, listener: () => void) => void heard.push(listener),
  }
  return {
    location,
    page: watchPage(window as unknown as Window),
    tell: () => {
      for (const listener of heard) listener()
    },
  }
}

// Seen: "Show message" of a report, and back to the reports at once, ended in the room.
test('a link that is followed while its page is given a shorter address is not lost', () => {
  const { location, page, tell } = openWindow('#room=quay&seq=5')
  location.hash = '#reports'
  page.readdress('#room=quay')
  tell()
  expect([page.route.value.view, location.hash]).toEqual(['reports', '#reports'])
  page.go('#room=quay&seq=5')
  page.readdress('#room=quay')
  expect([page.room.value, location.hash]).toEqual(['quay', '#room=quay'])
})
