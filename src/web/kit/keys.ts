const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform)

/** The key as it is printed on the reader's keyboard. `Mod` is Command on a Mac and Control elsewhere. */
export const keyName = (key: string): string => (key === 'Mod' ? (isMac() ? '⌘' : 'Ctrl') : key)

/** Whether the modifier of commands is pressed: Command on a Mac, Control elsewhere. */
export const withMod = (event: Pick<KeyboardEvent, 'metaKey' | 'ctrlKey'>): boolean =>
  isMac() ? event.metaKey : event.ctrlKey
