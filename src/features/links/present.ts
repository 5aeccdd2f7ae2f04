import type { Preview } from '../../protocol/previews.ts'
import type { Tools } from '../../scope.ts'
import { addressesIn } from './address.ts'
import { type Facts, openFacts } from './sealed.ts'
import { listLately, listShown, nameRooms, type Place } from './store.ts'

type Room = { key: number; id: string }

/** What messages of a room show, by `seq`: only of links that their texts still have. Most pages have no link and ask for nothing. */
export async function previewsOf(
  tools: Tools,
  room: Room,
  messages: readonly { seq: number; text: string }[],
): Promise<Map<number, Preview[]>> {
  const found = new Map<number, Preview[]>()
  if (!tools.policy.previews) return found
  const linking = messages.filter(({ text }) => /https?:\/\/|www\./i.test(text))
  if (linking.length === 0) return found
  const rows = await listShown(
    tools.sql,
    linking.map(({ seq }) => ({ roomKey: room.key, seq })),
  )
  if (rows.length === 0) return found
  const addresses = new Map<number, Set<string>>()
  for (const row of rows) {
    const facts = openFacts(tools, row)
    if (!facts) continue
    const { seq } = row
    if (!addresses.has(seq))
      addresses.set(seq, new Set(addressesIn(linking.find((each) => each.seq === seq)!.text)))
    if (!addresses.get(seq)!.has(facts.url)) continue
    found.set(seq, [...(found.get(seq) ?? []), presentPreview(room, seq, row.id, facts)])
  }
  return found
}

function presentPreview({ id: room }: Room, seq: number, id: string, { image, ...said }: Facts): Preview {
  if (!image) return { id, ...said }
  const { key: _, ...shown } = image
  return { id, ...said, image: { url: `/rooms/${room}/messages/${seq}/previews/${id}`, ...shown } }
}

/** The events that say what these messages show now, encoded, by the key of their room. A message that shows nothing has one too. */
export async function previewEvents(
  tools: Tools,
  places: readonly Place[],
): Promise<{ roomKey: number; seq: number; text: string }[]> {
  if (places.length === 0) return []
  const rooms = await nameRooms(tools.sql, [...new Set(places.map(({ roomKey }) => roomKey))])
  const rows = Map.groupBy(await listShown(tools.sql, places), ({ roomKey, seq }) => `${roomKey} ${seq}`)
  return places.flatMap(({ roomKey, seq }) => {
    const id = rooms.get(roomKey)?.id
    if (id === undefined) return []
    const previews = (rows.get(`${roomKey} ${seq}`) ?? []).flatMap((row) => {
      const facts = openFacts(tools, row)
      return facts ? [presentPreview({ key: roomKey, id }, seq, row.id, facts)] : []
    })
    return [{ roomKey, seq, text: JSON.stringify({ type: 'preview.changed', room: id, seq, previews }) }]
  })
}

/** A client has not heard of the previews of more messages than these: it gets them with its next page of history. */
const mostLately = 200

/** The events of the last messages that show something, for each who asks about a room. One statement for all of them. */
export async function latelyShown(
  tools: Tools,
  asked: readonly { key: number; after: number }[],
): Promise<string[][]> {
  const rooms = [...Map.groupBy(asked, ({ key }) => key)].map(([key, all]) => ({
    key,
    after: Math.min(...all.map(({ after }) => after)),
  }))
  const events = await previewEvents(tools, await listLately(tools.sql, rooms, mostLately))
  const byRoom = Map.groupBy(events, ({ roomKey }) => roomKey)
  return asked.map(({ key, after }) =>
    (byRoom.get(key) ?? []).filter(({ seq }) => seq > after).map(({ text }) => text),
  )
}
