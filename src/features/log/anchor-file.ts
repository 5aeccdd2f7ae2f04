import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createMessageCipher, Tampered } from '../../crypto/messages.ts'
import type { Tools } from '../../scope.ts'
import type { Noticed } from './noticed.ts'

/**
 * What a server remembers of its database outside of it: how far each log reached. The file may be behind the database,
 * but is never ahead of it.
 */
export type Anchor = {
  community: string
  number: number
  starts: number
  /** A MAC of the key of the links, and whether every entry had a link. */
  key: string
  linked: boolean
  /** The database as this directory knows it. */
  place: string
  /** The Postgres server and its timeline; empty where it does not say so. */
  origin: { system: string; timeline: string }
  noticed: readonly Noticed[]
  /** By the key of the room: `<head> <link>`, or `deleted`. */
  rooms: Map<number, string>
}

const sealPlace = 'anchor'

/** Servers with different databases, or copies of one, may share a directory. */
const nameOf = (community: string, place: string): string => `anchor-${community}-${place}`
const namePattern = /^anchor-([a-z0-9]+)-(\w+)$/

/** `unreadable`: sealed with a key that is not in the ring. `changed`: somebody changed the file. */
export type Found = Anchor | 'none' | 'unreadable' | 'changed'

/** The anchor of this community in this place, or in the place where it was before: a restored database often has another address. */
export async function readAnchor(tools: Tools, community: string): Promise<Found> {
  const { place } = tools.policy.anchors!
  const own = await read(tools, nameOf(community, place))
  if (own !== 'none') return own
  const others = (await listAnchors(tools)).filter((each) => each.community === community)
  return others.sort((one, other) => other.number - one.number || other.starts - one.starts)[0] ?? 'none'
}

async function read({ policy }: Tools, name: string): Promise<Found> {
  let sealed: string
  try {
    sealed = await readFile(join(policy.anchors!.directory, name), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'none'
    throw error
  }
  const { current, older } = policy.keyring
  const id = sealed.split('.', 2)[1] ?? ''
  if (![current, ...older].some((key) => key.id === id)) return 'unreadable'
  try {
    return parse(createMessageCipher(policy.keyring).open(sealed, sealPlace))
  } catch (error) {
    if (error instanceof Tampered) return 'changed'
    throw error
  }
}

/** Those that can be read, of all communities and places. */
async function listAnchors(tools: Tools): Promise<Anchor[]> {
  const names = await readdir(tools.policy.anchors!.directory).catch(() => [])
  const found: Anchor[] = []
  for (const name of names.filter((each) => namePattern.test(each))) {
    const anchor = await read(tools, name)
    if (typeof anchor === 'object') found.push(anchor)
  }
  return found
}

/** The anchors of this place, whatever community they are of. */
export async function listAnchorsHere(tools: Tools): Promise<Anchor[]> {
  return (await listAnchors(tools)).filter(({ place }) => place === tools.policy.anchors!.place)
}

export async function removeAnchor({ policy }: Tools, { community, place }: Anchor): Promise<void> {
  await rm(join(policy.anchors!.directory, nameOf(community, place)), { force: true })
}

/** Replaces the file as a whole: after a crash there is the old one or the new one. */
export async function writeAnchor({ policy }: Tools, anchor: Anchor): Promise<void> {
  const { directory } = policy.anchors!
  const path = join(directory, nameOf(anchor.community, anchor.place))
  const sealed = createMessageCipher(policy.keyring).seal(await write(anchor), sealPlace)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(sealed)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

const linesAtOnce = 10_000

/** A part at a time, so that nobody waits long for the lines of very many rooms. */
async function write({ rooms, ...header }: Anchor): Promise<string> {
  let text = JSON.stringify(header)
  let lines = 0
  for (const [key, tip] of rooms) {
    text += `\n${key} ${tip}`
    if (++lines % linesAtOnce === 0) await Bun.sleep(0)
  }
  return text
}

function parse(text: string): Anchor {
  const [header, ...lines] = text.split('\n')
  const rooms = new Map<number, string>()
  for (const line of lines) {
    const space = line.indexOf(' ')
    rooms.set(Number(line.slice(0, space)), line.slice(space + 1))
  }
  return { ...(JSON.parse(header!) as Omit<Anchor, 'rooms'>), rooms }
}
