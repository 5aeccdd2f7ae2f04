import type { Change } from './format.ts'

/**
 * Inserts text so that the browser's undo can revert it. Browsers offer only the deprecated `execCommand` for that.
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
