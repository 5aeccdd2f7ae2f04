import { type Facts, sealFacts } from '../../src/features/links/sealed.ts'
import type { Tools } from '../../src/scope.ts'

/** Stores a preview as if the server had looked at a page that the message links to. Returns its id. */
export async function showPreview(
  { tools }: { tools: Tools },
  room: string,
  seq: number,
  facts: Partial<Facts>,
): Promise<string> {
  const id = tools.newId()
  const sealed = sealFacts(tools, id, { url: 'https://tides.example/', ...facts })
  await tools.sql.query(`insert into link_previews (id, state, sealed, at) values ($1, 'ready', $2, now())`, [
    id,
    sealed,
  ])
  await tools.sql.query(
    `insert into message_previews (room_key, seq, preview_id, place) select key, $2, $3, 0 from rooms where id = $1`,
    [room, seq, id],
  )
  return id
}
