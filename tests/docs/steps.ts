import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../support/child.ts'

/**
 * How a block of a document is run: by a shell to its end, as the server from then on, at a terminal, by a shell after the
 * server was stopped, or not here, for it needs another machine. A comment before the block says so.
 */
const ways = ['shell', 'server', 'terminal', 'after stopping', 'elsewhere'] as const
export type Way = (typeof ways)[number]
export type Step = { heading: string; way: Way; script: string }

/** The shell blocks of docs/<name>, in order. */
export function stepsOf(name: string): Step[] {
  const text = readFileSync(join(repository, 'docs', name), 'utf8')
  const parts = text.matchAll(/^##? (.+)$|(?:^<!-- run: (.+) -->\n)?^```sh\n([\s\S]*?)^```$/gm)
  const steps: Step[] = []
  let heading = ''
  for (const [, title, way = 'shell', script] of parts) {
    if (title !== undefined) heading = title
    if (script === undefined) continue
    if (!ways.includes(way as Way)) throw new Error(`docs/${name} knows no way to run "${way}"`)
    steps.push({ heading, way: way as Way, script })
  }
  return steps
}
