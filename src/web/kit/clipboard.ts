/** Resolves to whether it was copied. Without HTTPS, only the deprecated `execCommand` can copy. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyByCommand(text)
  }
}

function copyByCommand(text: string): boolean {
  const focused = document.activeElement
  const box = document.createElement('textarea')
  box.value = text
  box.className = 'unseen'
  box.setAttribute('aria-hidden', 'true')
  // While a sheet is open, elements outside it cannot get the focus.
  const home = document.querySelector('dialog[open]') ?? document.body
  home.append(box)
  box.select()
  const done = document.execCommand('copy')
  box.remove()
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true })
  return done
}
