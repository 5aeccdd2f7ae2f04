import { useEffect, useState } from 'preact/hooks'
import { droppedFrom, hasFiles, pastedFrom } from '../files/dropped.ts'
import { useStore } from '../ground/context.ts'
import { say } from '../language/say.ts'
import { placeOf } from './writing.ts'

type Moved = DragEvent & { currentTarget: HTMLElement }

/** Files that are dropped on a room or pasted in it go to its tray; over a thread, to that of the thread. */
export function useIncoming(room: string, thread: number | undefined, takes: boolean) {
  const store = useStore()
  const [dropping, setDropping] = useState(false)

  // By default, a file that is dropped outside of the room replaces the page, and what is not sent yet is lost.
  useEffect(() => {
    const stay = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return
      if (!event.defaultPrevented && event.dataTransfer) event.dataTransfer.dropEffect = 'none'
      event.preventDefault()
    }
    window.addEventListener('dragover', stay)
    window.addEventListener('drop', stay)
    return () => {
      window.removeEventListener('dragover', stay)
      window.removeEventListener('drop', stay)
    }
  }, [])

  const add = (target: EventTarget | null, files: readonly File[], folders: readonly string[] = []) => {
    const isInThread = target instanceof Element && target.closest('.thread') !== null
    const place = placeOf(room, isInThread ? thread : undefined)
    if (store.talk.editing.value.has(place)) store.toast.value = say('attach.editing')
    else store.files.uploads.add(room, place, files, folders)
  }
  if (!takes) return { dropping: false, handlers: {} }
  return {
    dropping,
    handlers: {
      onDragOver(event: Moved) {
        if (!hasFiles(event.dataTransfer)) return
        event.preventDefault()
        event.dataTransfer.dropEffect = 'copy'
        setDropping(true)
      },
      onDragLeave(event: Moved) {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDropping(false)
      },
      onDrop(event: Moved) {
        setDropping(false)
        if (!hasFiles(event.dataTransfer)) return
        event.preventDefault()
        const { files, folders } = droppedFrom(event.dataTransfer)
        add(event.target, files, folders)
      },
      onPaste(event: ClipboardEvent) {
        const files = pastedFrom(event.clipboardData)
        if (files.length === 0) return
        event.preventDefault()
        add(event.target, files)
      },
    },
  }
}
