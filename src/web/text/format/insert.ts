import type { Change } from './format.ts'

/**
 * Writes into a text box as a hand would, so that the browser's own undo takes it back. It is the one thing for which a
 * browser has only the old command.
 */
export function insert(box: HTMLTextAreaElement, { from, to, text, selected }: Change): void {
  box.focus({ preventScroll: true })
  box.setSelectionRange(from, to)
  if (!document.execCommand(text === '' ? 'delete' : 'insertText', false, text)) {
    box.setRangeText(text, from, to, 'end')
    box.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }
  box.setSelectionRange(...selected)
}
