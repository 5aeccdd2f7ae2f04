import { useRef } from 'preact/hooks'
import { pastedFrom } from '../files/dropped.ts'
import { useStore } from '../ground/context.ts'
import { insert } from '../text/format/insert.ts'
import { pastedLink } from '../text/format/pasted.ts'
import { endsInCode, putRich, richIn, wordsPasted } from '../text/format/rich-paste.ts'

type Pasted = ClipboardEvent & { currentTarget: HTMLTextAreaElement }

/** What is pasted into the composer: an address over words makes them a link, rich text is Markdown, a file goes on to the tray. */
export function usePaste(place: string) {
  const { talk } = useStore()
  const isPlain = useRef(false)
  const now = useRef(place)
  now.current = place

  const paste = async (box: HTMLTextAreaElement, html: string, plain: string) => {
    const rich = await wordsPasted(html, plain)
    if (rich.markdown === '') return
    if (box.isConnected && now.current === place)
      insert(box, putRich(box.value, box.selectionStart, box.selectionEnd, rich))
    // You have gone to another room while the program was loaded.
    else {
      const draft = talk.drafts.value.get(place) ?? ''
      talk.draft(place, draft + putRich(draft, draft.length, draft.length, rich).text)
    }
  }

  return {
    /** Ctrl-Shift-V pastes plain text. Not every browser hides the rich text then. */
    noteKey(event: KeyboardEvent) {
      isPlain.current = event.type === 'keydown' && event.shiftKey && event.key.toLowerCase() === 'v'
    },
    paste(event: Pasted) {
      const { value, selectionStart, selectionEnd } = event.currentTarget
      const moved = event.clipboardData
      const plain = moved?.getData('text/plain') ?? ''
      const change = pastedLink(value, selectionStart, selectionEnd, plain)
      if (change) {
        event.preventDefault()
        return insert(event.currentTarget, change)
      }
      if (isPlain.current || pastedFrom(moved).length > 0) return
      const html = richIn(moved)
      if (html === undefined || endsInCode(value.slice(0, selectionStart))) return
      event.preventDefault()
      void paste(event.currentTarget, html, plain)
    },
  }
}
