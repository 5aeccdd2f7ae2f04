import { type Assets, bundleReadable } from './assets.ts'

type Kept = { assets: Assets; sources: string[]; state: string }

/** By the path of the page: all servers of a process have the same. */
const kept = new Map<string, Promise<Kept>>()

/** The page for a developer: bundled again for the next load after one of its sources has changed. */
export async function currentBundle(index: string): Promise<Assets> {
  const old = kept.get(index)
  // Who waits for the same bundle gets its error, and the next load tries again.
  const found = old && (await old.catch(() => undefined))
  if (found && stateOf(found.sources) === found.state) return found.assets
  if (kept.get(index) === old) kept.set(index, makeBundle(index))
  return (await kept.get(index)!).assets
}

/** What the page that was loaded last refers to. */
export const lastBundle = async (index: string): Promise<Assets> =>
  (await kept.get(index))?.assets ?? currentBundle(index)

async function makeBundle(index: string): Promise<Kept> {
  const began = Date.now()
  const { assets, sources } = await bundleReadable(index)
  // What was saved meanwhile may be in the bundle or not.
  const state = sources.some((path) => Bun.file(path).lastModified >= began) ? 'changing' : stateOf(sources)
  return { assets, sources, state }
}

const stateOf = (sources: string[]): string =>
  sources.map((path) => `${Bun.file(path).lastModified} ${Bun.file(path).size}`).join()
