import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSdk } from '../../scripts/build-sdk.ts'
import { repository } from './child.ts'

export type Project = {
  /** Where the built package is. */
  readonly sdk: string
  write(path: string, text: string): Promise<string>
  /** Runs a program here, with nothing of our environment but PATH. `onOutput` gets all output so far, each time there is more. */
  run(words: string[], options?: RunOptions): Promise<{ code: number; output: string }>
  remove(): void
}
type RunOptions = {
  env?: Record<string, string>
  onOutput?: (output: string, child: Pick<Bun.Subprocess, 'kill'>) => void
}

/** Somebody else's project: a folder far from our modules, with the built package installed and nothing else. */
export async function startProject(): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-sdk-'))
  const sdk = join(folder, 'node_modules/@parley/sdk')
  await buildSdk(sdk)
  return {
    sdk,
    async write(path, text) {
      await Bun.write(join(folder, path), text)
      return join(folder, path)
    },
    async run(words, { env = {}, onOutput } = {}) {
      const child = Bun.spawn(words, {
        cwd: folder,
        env: { PATH: process.env.PATH ?? '', NO_COLOR: '1', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let output = ''
      const collect = async (stream: ReadableStream<Uint8Array>) => {
        const decoder = new TextDecoder()
        for await (const bytes of stream) {
          output += decoder.decode(bytes, { stream: true })
          onOutput?.(output, child)
        }
      }
      await Promise.all([collect(child.stdout), collect(child.stderr)])
      return { code: await child.exited, output }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** As strict as it gets; the types of the package are read, not trusted. */
export const strict = {
  target: 'ESNext',
  noEmit: true,
  strict: true,
  skipLibCheck: false,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
}
export const typeRoots = [join(repository, 'node_modules/@types')]

/** Checks files of the project; answers what tsc says, nothing if it is content. */
export async function typeCheck(project: Project, files: string[], compilerOptions: object): Promise<string> {
  const path = await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files }))
  const { code, output } = await project.run([join(repository, 'node_modules/.bin/tsc'), '-p', path])
  return code === 0 ? '' : output
}
