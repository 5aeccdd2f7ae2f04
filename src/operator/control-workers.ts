import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { ChatError } from '../protocol/errors.ts'
import { codeOf, controlPath, noServerCodes, openSocket, refusalLine } from './control.ts'

/*
 * Each worker has a control socket of its own in their DATA_DIR. The command line knows only the one of their parent, which
 * passes an operation on to a worker that is alive: what it changes, the others hear by the bus.
 */

export function openControlOfWorkers(log: Log, config: Config, count: number): () => void {
  return openSocket(log, config, controlPath(config), async (request) => {
    const body = await request.text()
    for (let number = 1; number <= count; number++) {
      const response = await pass(controlPath(config, number)!, body, request.signal)
      if (response) return new Response(response.body)
    }
    // All of them are just starting again.
    return new Response(`${JSON.stringify(refusalLine(new ChatError('server_stopped')))}\n`)
  })
}

/** Undefined if no worker listens there: then nothing has begun. */
async function pass(unix: string, body: string, signal: AbortSignal): Promise<Response | undefined> {
  try {
    return await fetch('http://control/', { unix, method: 'POST', body, signal, timeout: false })
  } catch (error) {
    if (noServerCodes.has(codeOf(error))) return undefined
    throw error
  }
}

const patienceMs = 1000

/** The metrics of the other workers; without those of one that does not respond soon. */
export async function metricsOfOthers(
  config: Config,
  { number, of }: { number: number; of: number },
): Promise<string[]> {
  const others = Array.from({ length: of }, (_, index) => index + 1).filter((each) => each !== number)
  const texts = await Promise.all(
    others.map((each) =>
      fetch('http://control/', { unix: controlPath(config, each)!, signal: AbortSignal.timeout(patienceMs) })
        .then((response) => response.text())
        .catch(() => undefined),
    ),
  )
  return texts.filter((text) => text !== undefined)
}
