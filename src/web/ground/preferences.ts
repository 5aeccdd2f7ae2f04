import { effect, type Signal, signal } from '@preact/signals'

/** What this browser was told to do, for whoever uses it. `''` leaves the choice to the device. */
export const preferences = {
  language: kept('language', ''),
  /** `light`, `dark` */
  look: kept('look', ''),
  /** Sections of the list of rooms that were folded or unfolded. */
  turned: kept('turned', ''),
  /** `shown`: the tools for writing, which stay away until asked for. */
  tools: kept('tools', ''),
  /** `more` */
  contrast: kept('contrast', ''),
  /** Browser notifications while the page is open: `on` for what is meant for oneself, `all` for every room. */
  notices: kept('notices', ''),
  /** `on` */
  sound: kept('sound', ''),
}

function kept(name: string, otherwise: string): Signal<string> {
  const key = `parley.${name}`
  const value = signal(read(key) ?? otherwise)
  effect(() => write(key, value.value))
  // Another tab of the same browser agrees at once.
  globalThis.addEventListener?.('storage', (event) => {
    if ((event as StorageEvent).key === key) value.value = read(key) ?? otherwise
  })
  return value
}

/** A browser may forbid storage: then a choice lives as long as the page. */
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
    // As above.
  }
}

/** The look is a matter of the style sheets: `<html data-look data-contrast>`. */
export function dress(document: Document): void {
  const asked = matchMedia('(prefers-contrast: more)')
  const device = signal(asked.matches)
  asked.addEventListener('change', () => {
    device.value = asked.matches
  })
  effect(() => {
    const { dataset } = document.documentElement
    dataset.look = preferences.look.value
    // One rule for both ways to ask, so that the colours stand in the style sheet once.
    dataset.contrast = preferences.contrast.value || (device.value ? 'more' : '')
  })
}
