type Ways = { toStart: () => void; toEnd: () => void }

/** The arrows move from message to message; Enter and the menu key open the menu of a message. */
export function walkLines(
  event: KeyboardEvent & { currentTarget: HTMLElement },
  { toStart, toEnd }: Ways,
): void {
  const box = event.currentTarget
  const from = event.target as HTMLElement
  if (event.altKey || event.ctrlKey || event.metaKey) return
  const line = from.closest<HTMLElement>('li[data-seq]')
  const onLine = from === line

  if (event.key === 'Home' || event.key === 'End') (event.key === 'Home' ? toStart : toEnd)()
  else if (event.key === 'ArrowUp' || event.key === 'ArrowDown')
    focusLine(line ? lineNextTo(box, line, event.key === 'ArrowDown') : lastInView(box))
  else if (
    onLine &&
    (event.key === 'Enter' || event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))
  )
    line.querySelector<HTMLElement>('[aria-haspopup=menu]')?.click()
  else if (line && !onLine && event.key === 'Escape') focusLine(line)
  else return
  event.preventDefault()
}

function lineNextTo(box: HTMLElement, line: HTMLElement, down: boolean): HTMLElement | undefined {
  const lines = [...box.querySelectorAll<HTMLElement>('li[data-seq]')]
  return lines[lines.indexOf(line) + (down ? 1 : -1)]
}

function lastInView(box: HTMLElement): HTMLElement | undefined {
  const { bottom } = box.getBoundingClientRect()
  const lines = [...box.querySelectorAll<HTMLElement>('li[data-seq]')]
  return lines.findLast((line) => line.getBoundingClientRect().top < bottom)
}

function focusLine(line: HTMLElement | undefined): void {
  line?.focus({ preventScroll: true })
  line?.scrollIntoView({ block: 'nearest' })
}
