import type { Worker } from '../server.ts'
import { stopSignals } from '../stop-signals.ts'
import { UsageError } from './command.ts'

/*
 * What a worker and its parent say to each other, over the channel that Bun opens between them. It also tells each that the
 * other one is gone.
 */

/** The word that makes a process a worker: "2/4" is the second of four. */
export const workerWord = ({ number, of }: Worker): string => `${number}/${of}`

export function workerIn([word]: readonly string[]): Worker | undefined {
  if (word === undefined) return undefined
  const found = /^(\d+)\/(\d+)$/.exec(word)
  if (!found || !process.send) throw new UsageError(`Unexpected argument "${word}".`)
  return { number: Number(found[1]), of: Number(found[2]) }
}

/** What a worker says when it serves. */
export type Ready = { url: string; setupLink: string | undefined }

export const tellParent = (ready: Ready): void => void process.send?.(ready)

export const stopWord = 'stop'

/**
 * Resolves when the parent says so or is gone, or at a signal: a terminal and systemd send theirs to the whole group, so several
 * may come for one stop.
 */
export function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of stopSignals()) process.on(name, () => resolve(name))
    process.on('message', (word) => {
      if (word === stopWord) resolve('the parent')
    })
    process.on('disconnect', () => resolve('the parent is gone'))
  })
}
