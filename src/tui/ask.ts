import { hearKeys } from './keys.ts'
import { edit, emptyDraft, textOf } from './line-buffer.ts'
import type { Terminal } from './terminal.ts'

/** The person does not want to: Ctrl-C or Ctrl-D at a question. */
export class Declined extends Error {}

/** Asks for one line. `hidden`: nothing of it is seen, not even its length. */
export function ask({ input, output }: Terminal, question: string, hidden = false): Promise<string> {
  return new Promise((resolve, reject) => {
    let draft = emptyDraft
    const show = () => void output.write(`\r\x1b[K${question}${hidden ? '' : textOf(draft)}`)
    const finish = (settle: () => void) => {
      stop()
      output.write('\n')
      settle()
    }
    const stop = hearKeys(input, (key) => {
      if (key.name === 'return' || key.name === 'enter') return finish(() => resolve(textOf(draft)))
      if (key.ctrl && (key.name === 'c' || key.name === 'd')) return finish(() => reject(new Declined()))
      draft = edit(draft, key) ?? draft
      if (!hidden) show()
    })
    show()
  })
}
