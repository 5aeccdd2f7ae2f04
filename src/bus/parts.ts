import { createBounded } from '../bounded.ts'

/** A payload of NOTIFY has fewer than 8,000 bytes. */
const mostPart = 7900
const mostSenders = 100
/** A batch has fewer, unless a single note is that long. */
const mostParts = 1000

/** One payload, or several that begin with `id.index.count.`; base64 has no dot. Throws if nobody would join so many. */
export function cutInParts(text: string): string[] {
  if (text.length <= mostPart) return [text]
  const id = crypto.randomUUID().slice(0, 8)
  const count = Math.ceil(text.length / mostPart)
  if (count > mostParts) throw new Error('A batch of notes is too long for NOTIFY.')
  return Array.from(
    { length: count },
    (_, index) => `${id}.${index}.${count}.${text.slice(index * mostPart, (index + 1) * mostPart)}`,
  )
}

/** Joins what `cutInParts` cut. Parts of one text come one after the other, or the text is lost. */
export function createJoiner(hear: (text: string) => void) {
  const begun = createBounded<string, string[]>(mostSenders)
  return (payload: string): void => {
    const [id, index, count, part] = payload.split('.')
    if (part === undefined) return hear(payload)
    const parts = Number(index) === 0 ? [] : begun.get(id!)
    if (!parts || parts.length !== Number(index) || Number(count) > mostParts) return
    parts.push(part)
    begun.set(id!, parts)
    if (parts.length < Number(count)) return
    begun.delete(id!)
    hear(parts.join(''))
  }
}
