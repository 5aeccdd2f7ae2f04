import { listenToKeys } from './keys.ts'
import { edit, emptyBuffer, textOf } from './line-buffer.ts'
import type { Terminal } from './terminal.ts'

/** Ctrl-C or Ctrl-D at a question. */
export class Declined extends Error {}

/** Asks for one line. `hidden`: nothing that is typed is shown, not even its length. */
export function ask({ input, output }: Terminal, question: string, hidden = false): Promise<string> {
  return new Promise((resolve, reject) => {
    let buffer = emptyBuffer
    const show = () => void output.write(`\r\x1b[K${question}${hidden ? '' : textOf(buffer)}`)
    const finish = (settle: () => void) => {
      stop()
      output.write('\n')
      settle()
    }
    const stop = listenToKeys(input, (key) => {
      if (key.name === 'return' || key.name === 'enter') return finish(() => resolve(textOf(buffer)))
      if (key.ctrl && (key.name === 'c' || key.name === 'd')) return finish(() => reject(new Declined()))
      buffer = edit(buffer, key) ?? buffer
      if (!hidden) show()
    })
    show()
  })
}
