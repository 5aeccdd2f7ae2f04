import { wholeProfile } from '../features/whole-profile.ts'
import { type Cast, makeRoom, post } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { putPicture } from '../support/files.ts'
import { onePixel } from '../support/pictures.ts'

export const texts = [
  '你好，世界',
  '👩‍👩‍👧‍👦 und 🇩🇪',
  'مرحبا',
  'a "quoted" \\ line\nand\ttabs',
  'x'.repeat(8000),
]

/** Something of everything that a community can have. Answers the room in which most of it is. */
export async function fill(server: { url: string }, { ada, ben, cleo }: Omit<Cast, 'dan'>): Promise<string> {
  const as = (person: Person) => rest(server, person)
  const done = async (answer: ReturnType<ReturnType<typeof rest>['call']>) => {
    const { status, body } = await answer
    if (status >= 400) throw new Error(`Refused: ${JSON.stringify(body)}`)
    return body
  }
  const room = await makeRoom(server, ben, [cleo, ada], { title: '大厅 🏛️' })
  const closed = await makeRoom(server, cleo, [ben], { access: 'closed' })
  await makeRoom(server, ada, [], { access: 'admins', posting: 'moderators' })
  const gone = await makeRoom(server, cleo, [ben], { title: 'Soon gone' })
  const archived = await makeRoom(server, ben)
  for (const text of texts) await post(server, ben, room, text)
  await post(server, cleo, closed, 'Behind a door')
  await post(server, ben, gone, 'Gone with its room')

  const until = new Date(Date.now() + 3_600_000).toISOString()
  const profile = wholeProfile()
  const custom_status = { ...profile.custom_status, until }
  await done(as(ben).patch('/users/me', { ...profile, custom_status }))
  await done(putPicture(server, ben, '/users/me/avatar', onePixel))
  await done(putPicture(server, ben, `/rooms/${room}/avatar`, onePixel))
  await done(as(ada).patch('/community', { name: '港 Harbour' }))
  await done(putPicture(server, ada, '/community/avatar', onePixel))

  const message = (seq: number) => `/rooms/${room}/messages/${seq}`
  const edited = await post(server, cleo, room, 'Frist')
  await done(as(cleo).patch(message(edited), { content: 'First' }))
  await done(as(cleo).patch(message(edited), { content: 'First ✓' }))
  const deleted = await post(server, cleo, room, 'A secret')
  await done(as(cleo).patch(message(deleted), { content: 'Another secret' }))
  await done(as(cleo).delete(message(deleted)))
  for (const person of [ben, cleo, ada]) await done(as(person).put(`${message(edited)}/reactions/👍`))
  await done(as(cleo).put(`${message(edited)}/reactions/🎉`))
  await done(as(cleo).delete(`${message(edited)}/reactions/👍`))
  await done(as(ben).put(`/rooms/${room}/pins/${edited}`))
  await done(as(ben).put(`${message(edited)}/saved`))
  await done(as(ben).put('/users/me/keywords', { keywords: ['Tide', 'Fähre'] }))
  await post(server, cleo, room, 'High tide, and the FAHRE is late')
  await done(
    as(cleo).post(`/rooms/${room}/messages`, {
      content: 'Yes, @ben and @room',
      reply_to: edited,
      client_id: 'one',
    }),
  )
  await done(as(ben).put(`/rooms/${room}/read`, { seq: edited }))

  await done(as(ben).post(`${message(edited)}/report`, { reason: 'Is this a joke?' }))
  await done(as(ben).post(`/rooms/${room}/invites`, { max_uses: 3 }))
  await done(as(ben).post(`/rooms/${room}/webhooks`, { name: 'Builds' }))
  const paused = await done(as(ben).post(`/rooms/${room}/webhooks/out`, { url: 'https://hooks.invalid/' }))
  await done(as(ben).patch(`/rooms/${room}/webhooks/out/${paused.id}`, { paused: true }))
  await done(as(cleo).post('/tokens', { name: 'A script', scopes: ['read', 'write'] }))
  await done(
    as(ben).put(`/rooms/${room}/notifications`, {
      level: 'mentions',
      muted_until: '2100-01-01T00:00:00.000Z',
    }),
  )
  await done(as(ben).put(`/rooms/${room}/favourite`, { favourite: true }))
  const { body: arranged } = await as(ben).patch('/users/me/arrangement', { sections: [{ name: 'Work' }] })
  await done(as(ben).put(`/rooms/${room}/section`, { section: arranged.sections[0].id }))
  await done(as(ben).post('/directs', { usernames: ['cleo'] }))
  await done(as(ben).put('/users/me/blocks/dan'))
  // Cleo and Dan share no room: he is invited.
  await done(as(cleo).put(`/rooms/${closed}/members/dan`))
  await done(as(cleo).put(`/rooms/${closed}/members/ben/silence`, { until }))
  await done(as(cleo).delete(`/rooms/${closed}/members/ben`))
  await done(as(ben).patch(`/rooms/${archived}`, { archived: true }))
  await done(as(cleo).delete(`/rooms/${gone}`))
  await done(as(ada).post('/users/ben/sign-in-link'))
  await done(as(ben).patch('/users/me/mail', { new_device: false }))
  await done(as(ada).put('/users/cleo/roles/admin'))
  await done(as(ada).put('/users/dan/ban', { reason: 'Spam', until: '2100-01-01T00:00:00.000Z' }))
  return room
}
