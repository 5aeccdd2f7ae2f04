/** Answers whether it is there. Without HTTPS a browser has no clipboard for scripts, but still the old way. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyByHand(text)
  }
}

function copyByHand(text: string): boolean {
  const held = document.activeElement
  const box = document.createElement('textarea')
  box.value = text
  box.className = 'unseen'
  box.setAttribute('aria-hidden', 'true')
  // In the top layer nothing outside an open sheet takes the focus.
  const home = document.querySelector('dialog[open]') ?? document.body
  home.append(box)
  box.select()
  const done = document.execCommand('copy')
  box.remove()
  if (held instanceof HTMLElement) held.focus({ preventScroll: true })
  return done
}
