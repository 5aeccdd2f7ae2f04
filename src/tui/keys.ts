import { emitKeypressEvents } from 'node:readline'

/** `text`: typed or pasted characters. Other keys have a `name` (`pageup`, or the letter pressed with Ctrl). */
export type Key = { name: string; text: string; ctrl: boolean; meta: boolean }

type Pressed = { name?: string; ctrl?: boolean; meta?: boolean }

/** Calls `onKey` for every key, without echo. A paste is one key. Returns a function that stops it. */
export function listenToKeys(keyboard: NodeJS.ReadStream, onKey: (key: Key) => void): () => void {
  let pasted: string | undefined

  const press = (typed: string | undefined, { name = '', ctrl = false, meta = false }: Pressed) => {
    if (name === 'paste-start') {
      pasted = ''
      return
    }
    if (name === 'paste-end') {
      if (pasted) onKey({ name: '', text: pasted, ctrl: false, meta: false })
      pasted = undefined
      return
    }
    if (pasted !== undefined) {
      pasted += typed ?? ''
      return
    }
    const isText = typed !== undefined && !ctrl && !meta && !/^\p{Cc}/u.test(typed)
    onKey({ name, text: isText ? typed : '', ctrl, meta })
  }

  emitKeypressEvents(keyboard)
  keyboard.setRawMode(true)
  keyboard.on('keypress', press)
  keyboard.resume()
  return () => {
    keyboard.off('keypress', press)
    keyboard.setRawMode(false)
    keyboard.pause()
  }
}
