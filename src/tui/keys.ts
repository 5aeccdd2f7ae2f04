import { emitKeypressEvents } from 'node:readline'

/** `text`: what was typed or pasted; the others have a `name` (`pageup`, or the letter beside ctrl). */
export type Key = { name: string; text: string; ctrl: boolean; meta: boolean }

type Pressed = { name?: string; ctrl?: boolean; meta?: boolean }

/** Hears every key, unechoed, until it is told to stop. A paste comes as one key, whatever is in it. */
export function hearKeys(keyboard: NodeJS.ReadStream, hear: (key: Key) => void): () => void {
  let pasted: string | undefined

  const press = (typed: string | undefined, { name = '', ctrl = false, meta = false }: Pressed) => {
    if (name === 'paste-start') {
      pasted = ''
      return
    }
    if (name === 'paste-end') {
      if (pasted) hear({ name: '', text: pasted, ctrl: false, meta: false })
      pasted = undefined
      return
    }
    if (pasted !== undefined) {
      pasted += typed ?? ''
      return
    }
    const isText = typed !== undefined && !ctrl && !meta && !/^\p{Cc}/u.test(typed)
    hear({ name, text: isText ? typed : '', ctrl, meta })
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
