import type { Message } from '../protocol/messages.ts'

type Numbered = Pick<Message, 'seq'>

/** The index of the first message with this `seq` or a later one; the length if there is none. */
export function indexFrom(messages: readonly Numbered[], seq: number): number {
  let low = 0
  let high = messages.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (messages[middle]!.seq < seq) low = middle + 1
    else high = middle
  }
  return low
}

export function findSeq<Each extends Numbered>(messages: readonly Each[], seq: number): Each | undefined {
  const found = messages[indexFrom(messages, seq)]
  return found?.seq === seq ? found : undefined
}
