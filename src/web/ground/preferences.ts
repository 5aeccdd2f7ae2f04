import { effect, type Signal, signal } from '@preact/signals'

/** The settings of this browser, for everyone who uses it. With `''` the device decides. */
export const preferences = {
  language: kept('language', ''),
  /** `light`, `dark` */
  look: kept('look', ''),
  /** The sections of the list of rooms that are not in their default state, folded or unfolded. */
  turned: kept('turned', ''),
  /** The usernames of the administrators who have hidden the first steps of a community. */
  stepsHidden: kept('stepsHidden', ''),
  /** The width of the list of rooms, in sixteenths of a rem. */
  listWidth: kept('listWidth', ''),
  /** `shown`: the toolbar of the composer, hidden by default. */
  tools: kept('tools', ''),
  /** `more` */
  contrast: kept('contrast', ''),
  /** `compact`; otherwise comfortable */
  density: kept('density', ''),
  /** Notifications of the browser: `on` for mentions and direct rooms, `all` for every room. */
  notices: kept('notices', ''),
  /** For whom this browser also gets push messages, and so shows notifications while the page is closed: a username. */
  pushed: kept('pushed', ''),
  /** `yes`, `no`: what somebody at this browser said when push messages were offered. */
  offered: kept('offered', ''),
  /** The room that was open last: a page that is opened without an address on a wide screen shows it. Signing out forgets it. */
  lastRoom: kept('lastRoom', ''),
  /** `on` */
  sound: kept('sound', ''),
}

function kept(name: string, otherwise: string): Signal<string> {
  const key = `parley.${name}`
  const value = signal(read(key) ?? otherwise)
  effect(() => write(key, value.value))
  // Other tabs of the browser follow at once.
  globalThis.addEventListener?.('storage', (event) => {
    if ((event as StorageEvent).key === key) value.value = read(key) ?? otherwise
  })
  return value
}

/** A browser may forbid storage: then a preference is lost when the page is closed. */
function read(key: string): string | undefined {
  try {
    return globalThis.localStorage?.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

function write(key: string, value: string): void {
  try {
    if (value === '') globalThis.localStorage?.removeItem(key)
    else globalThis.localStorage?.setItem(key, value)
  } catch {
    // As in `read`.
  }
}

/** The style sheets read the theme from `<html data-look data-contrast data-density>`. */
export function applyTheme(document: Document): void {
  const asked = matchMedia('(prefers-contrast: more)')
  const device = signal(asked.matches)
  asked.addEventListener('change', () => {
    device.value = asked.matches
  })
  effect(() => {
    const { dataset } = document.documentElement
    dataset.look = preferences.look.value
    dataset.density = preferences.density.value
    // One attribute for the preference and for the device, so that the style sheet has the colours once.
    dataset.contrast = preferences.contrast.value || (device.value ? 'more' : '')
  })
}
