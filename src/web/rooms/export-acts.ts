import { type ReadonlySignal, signal } from '@preact/signals'
import type { AuditFilter } from '../../protocol/audit.ts'
import type { Client } from '../../sdk/client.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { say } from '../language/say.ts'

/** What is exported: a room, the audit log, or what is stored about you. */
export type Exported = { room?: string | undefined; audit?: AuditFilter | undefined }
export type Export = Exported & { bytes: number }

export type ExportActs = {
  /** The one that is being downloaded; the server makes one at a time. It goes on while you look elsewhere. */
  readonly running: ReadonlySignal<Export | undefined>
  start(of: Exported): void
  cancel(): void
}

export function exportActs({ toast, client, onClient, attempt }: ActTools): ExportActs {
  const running = signal<Export>()
  let stop = new AbortController()
  onClient(() => stop.abort())

  async function download(
    of: Client,
    { room, audit }: Exported,
    { signal: stopped }: AbortController,
  ): Promise<void> {
    const options = { time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, signal: stopped }
    const response = await (audit
      ? of.exportAudit({ ...audit, signal: stopped })
      : room === undefined
        ? of.exportOwn(options)
        : of.room(room).export(options))
    const pieces: Uint8Array<ArrayBuffer>[] = []
    const reader = response.body!.getReader()
    for (let bytes = 0; ; ) {
      const { value, done } = await reader.read().catch(() => {
        stopped.throwIfAborted()
        throw cut
      })
      if (done) break
      pieces.push(value)
      bytes += value.length
      running.value = { room, audit, bytes }
    }
    const file =
      /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'parley.zip'
    save(new Blob(pieces, { type: response.headers.get('content-type') ?? '' }), file)
    toast.value = say('export.done', { file })
  }

  return {
    running,
    start(of) {
      if (running.value) {
        toast.value = say('refusal.export_running')
        return
      }
      stop = new AbortController()
      running.value = { ...of, bytes: 0 }
      const done = download(client(), of, stop)
        .catch((error) => {
          if (error === cut) toast.value = say('export.cut')
          else if (!stop.signal.aborted) throw error
        })
        .finally(() => {
          running.value = undefined
        })
      attempt(done)
    },
    cancel: () => stop.abort(),
  }
}

/** The server ended the file before its end. */
const cut = Symbol('cut')

function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has the file by now, or asks where to put it: then it holds it itself.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
