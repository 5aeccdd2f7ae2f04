import { join } from 'node:path'
import { linesOf } from '../../src/bench/lines.ts'
import { bearer } from '../support/client.ts'

export type Exported = { files: Record<string, string>; text: string }

/** The files of a zip (those of messages with a character for each byte), as Python reads them: `testzip` compares every checksum. */
export async function unzip(bytes: Uint8Array): Promise<Exported> {
  const answer = last.then(() => {
    reader ??= startReader()
    return reader.read(bytes)
  })
  last = answer.catch(() => {
    reader = undefined
  })
  const files = JSON.parse(await answer) as Record<string, string>
  return { files, text: Object.values(files).join('\n') }
}

const program = `import io, json, sys, zipfile
while size := sys.stdin.buffer.readline():
    archive = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read(int(size))))
    assert archive.testzip() is None
    names = archive.namelist()
    assert len(set(names)) == len(names)
    print(json.dumps({name: archive.read(name).decode('latin-1' if name.startswith('files/') else 'utf-8') for name in names}), flush=True)`

/** One for all files of tests in this process: to start a Python takes ten times as long as to read a zip. A bad one ends it. */
let reader: ReturnType<typeof startReader> | undefined
let last: Promise<unknown> = Promise.resolve()

function startReader() {
  const python = Bun.spawn(['python3', '-c', program], { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' })
  python.unref()
  const lines = linesOf(python.stdout)
  return {
    async read(bytes: Uint8Array): Promise<string> {
      python.stdin.write(`${bytes.length}\n`)
      python.stdin.write(bytes)
      await python.stdin.flush()
      const { value } = await lines.next()
      return value ?? Promise.reject(new Error(await new Response(python.stderr).text()))
    },
  }
}

export const ask = (server: { url: string }, person: { token: string }, path: string): Promise<Response> =>
  fetch(server.url + path, { headers: bearer(person) })

export async function exportOf(
  server: { url: string },
  person: { token: string },
  path: string,
): Promise<Exported> {
  const response = await ask(server, person, path)
  if (response.status !== 200) throw new Error(`Refused: ${response.status} ${await response.text()}`)
  return unzip(await response.bytes())
}

/** The only file that ends so. */
export function fileOf({ files }: Exported, end: string): string {
  const found = Object.keys(files).filter((name) => name.endsWith(end))
  if (found.length !== 1) throw new Error(`${found.length} of ${Object.keys(files)} end with ${end}`)
  return files[found[0]!]!
}

/** Writes the files into a folder, for a browser. */
export async function writeTo(folder: string, { files }: Exported): Promise<void> {
  for (const [name, text] of Object.entries(files)) await Bun.write(join(folder, name), text)
}
