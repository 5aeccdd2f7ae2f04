import { ChatError } from '../../protocol/errors.ts'
import { perServer, type Scope } from '../../scope.ts'
import { type ExportFile, zip } from './zip.ts'

const running = perServer(() => new Set<string>())

const tryAgainMs = 10_000

/** The response that sends an export while it is made. A person has at most one under way: each costs the server something. */
export const sendExport = (
  scope: Scope,
  request: Request,
  name: string,
  files: AsyncIterable<ExportFile>,
): Response => sendPieces(scope, request, { name, type: 'application/zip' }, zip(files, scope.clock()))

/** As `sendExport`, for what is no zip. */
export function sendPieces(
  scope: Scope,
  request: Request,
  { name, type }: { name: string; type: string },
  pieces: AsyncGenerator<Uint8Array, void, undefined>,
): Response {
  const { actor, log } = scope
  const all = running(scope)
  if (all.has(actor.id)) throw new ChatError('export_running', { retryAfterMs: tryAgainMs })
  all.add(actor.id)
  scope.http.keepOpen(request)
  const end = (): void => void all.delete(actor.id)

  const body = new ReadableStream<Uint8Array>(
    {
      async pull(stream) {
        try {
          const { value, done } = await pieces.next()
          if (!done) return stream.enqueue(value)
          end()
          stream.close()
        } catch (error) {
          end()
          // The connection is cut, so that nobody takes half an export for a whole one.
          if (error instanceof ChatError) log.info('an export ended early', { reason: error.reason })
          else log.error('an export failed', { error })
          // Without the error: Bun would print it, with its stack, on standard error.
          stream.error()
        }
      },
      async cancel() {
        end()
        await pieces.return(undefined)
      },
    },
    // Nothing is made before somebody takes it.
    { highWaterMark: 0 },
  )
  const headers = {
    'content-type': type,
    'content-disposition': `attachment; filename="${name}"`,
    // nginx would write what a slow client has not taken to its disk.
    'x-accel-buffering': 'no',
  }
  return new Response(body, { headers })
}
