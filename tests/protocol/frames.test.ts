import { describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { commandRows } from '../../src/protocol/command-rows.ts'
import { type CommandName, commands } from '../../src/protocol/commands.ts'
import { durableEvents, ephemeralEvents, userEvents } from '../../src/protocol/events.ts'
import { ErrorFrame, Hello, Ping, Reply, RoomReady } from '../../src/protocol/frames.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { type Frame, rest, socketOf } from '../support/client.ts'
import { showPreview } from '../support/previews.ts'
import { serverFor } from '../support/server.ts'

const at = serverFor({ settings: { PREVIEWS: 'on' } }, cast)

type Schema = { [keyword: string | symbol]: unknown }

/** The same schema that lets no field through of which it does not know. */
function strict(schema: Schema): Schema {
  const copy = { ...schema }
  if (Array.isArray(copy.anyOf)) copy.anyOf = copy.anyOf.map(strict)
  if (copy.items) copy.items = strict(copy.items as Schema)
  for (const kind of ['properties', 'patternProperties']) {
    if (!copy[kind]) continue
    copy[kind] = Object.fromEntries(
      Object.entries(copy[kind] as Record<string, Schema>).map(([name, field]) => [name, strict(field)]),
    )
    copy.additionalProperties = false
  }
  return copy
}

const frames: Record<string, object> = {
  ...{ ...durableEvents, ...ephemeralEvents, ...userEvents },
  ...{ hello: Hello, 'room.ready': RoomReady, error: ErrorFrame, ping: Ping, reply: Reply },
}
const wrongs = (schema: object, value: unknown) =>
  [...TypeCompiler.Compile(strict(schema as Schema) as never).Errors(value)].map(
    ({ path, message }) => `${path} ${message}`,
  )

describe('the server sends what its schemas say, field by field', () => {
  test('the reply to every command, and every frame that follows', async () => {
    const { server, ada, ben, cleo } = at()
    const room = await makeRoom(server, ada, [], { id: 'harbour' })
    const hers = await socketOf(server, ada)
    const his = await socketOf(server, ben)
    const simple = await socketOf(server, ben, `/ws/${room}`)
    await simple.next('room.ready')
    await his.next('room.opened')

    const answered = new Set<CommandName>()
    const ask = async (socket: typeof his, type: CommandName, fields: object = {}): Promise<Frame> => {
      const { type: kind, data, code } = await socket.ask({ type, ...fields })
      expect([type, kind, code, wrongs(commandRows[type].reply, data)]).toEqual([
        type,
        'reply',
        undefined,
        [],
      ])
      answered.add(type)
      return data
    }

    await ask(hers, 'room.subscribe', { room })
    await ask(his, 'room.leave', { room })
    await ask(his, 'room.join', { room })
    const { epoch } = await ask(his, 'room.subscribe', { room, history: 10 })
    const { seq } = await ask(his, 'message.send', { room, content: 'Hello @ada', client_id: 'one' })
    await ask(his, 'message.edit', { room, seq, content: 'Hello, @ada' })
    await ask(hers, 'version.list', { room, seq })
    await ask(his, 'reaction.add', { room, seq, emoji: '🎉' })
    await ask(hers, 'reaction.list', { room, seq })
    const preview = await showPreview(server, room, seq, { title: 'Tides' })
    await ask(his, 'preview.remove', { room, seq, preview })
    await ask(hers, 'pin.add', { room, seq })
    while ((await ask(hers, 'message.search', { q: 'hello' })).items.length === 0) await Bun.sleep(20)
    await ask(hers, 'message.list', { room, limit: 3 })
    await ask(hers, 'read.mark', { room, seq })
    await ask(hers, 'favourite.set', { room, favourite: true })
    const { sections } = await ask(hers, 'arrangement.set', {
      order: 'activity',
      sections: [{ name: 'Work' }],
    })
    await ask(hers, 'section.set', { room, section: sections[0].id })
    await ask(his, 'typing.start', { room })
    await ask(his, 'presence.list', { room })
    await ask(hers, 'pin.remove', { room, seq })
    await ask(his, 'reaction.remove', { room, seq, emoji: '🎉' })
    const { seq: later } = await ask(his, 'message.send', { room, content: 'Yes, @ada', reply_to: seq })
    await ask(hers, 'keyword.set', { keywords: ['harbour'] })
    await ask(hers, 'keyword.list', {})
    await ask(hers, 'saved.add', { room, seq })
    await ask(hers, 'saved.list', { limit: 1 })
    await ask(hers, 'saved.remove', { room, seq })
    await ask(hers, 'thread.list', { room, seq })
    await hers.next('thread.replied')
    await ask(hers, 'thread.followed', { limit: 1 })
    await ask(hers, 'thread.read', { room, seq, read_seq: later })
    await ask(hers, 'thread.unfollow', { room, seq })
    await ask(hers, 'thread.follow', { room, seq: later })
    await ask(his, 'message.delete', { room, seq: later })
    await ask(his, 'direct.open', { usernames: ['ada'] })
    await ask(his, 'session.renew', { token: ben.token })
    await ask(his, 'ping')
    await ask(his, 'room.unsubscribe', { room })
    const missed = await ask(his, 'room.subscribe', { room, since: { epoch, seq: 1 } })
    expect([missed.mode, missed.events.length > 5]).toEqual(['replay', true])
    const until = new Date(Date.now() + 60_000).toISOString()
    await rest(server, ada).put(`/rooms/${room}/members/ben/silence`, { until })
    await his.next('silence.changed')
    await rest(server, ada).put(`/rooms/${room}/notifications`, { level: 'all', muted_until: until })
    await hers.next('notify.changed')
    await rest(server, ada).delete(`/rooms/${room}/members/ben/silence`)
    await rest(server, ada).put(`/rooms/${room}/members/ben`, { role: 'moderator' })
    await rest(server, ada).patch(`/rooms/${room}`, { title: 'The harbour' })
    await his.next('room.updated')
    const { body: sent } = await rest(server, ada).post(`/rooms/${room}/messages`, { content: 'Boats!' })
    await rest(server, ben).post(`/rooms/${room}/messages/${sent.seq}/report`, { reason: 'Advertising' })
    await his.next('reports.changed')
    await rest(server, ben).patch('/users/me', { display_name: 'Benjamin' })
    await his.next('user.updated')
    await rest(server, ada).patch('/community', { name: 'Harbour' })
    await his.next('community.changed')
    // Cleo shares no room with Ben.
    const { body: cove } = await rest(server, cleo).post('/rooms', { id: 'cove' })
    await rest(server, cleo).put(`/rooms/${cove.id}/members/ben`)
    await his.next('room.invited')
    await his.ask({ type: 'message.send', room, content: '' })
    await his.ask({ type: 'read.mark', room: 'nowhere', seq: 1 })
    await rest(server, ben).post('/auth/logout')
    await his.ending()

    expect([...answered].sort()).toEqual((Object.keys(commands) as CommandName[]).sort())
    const heard = [...hers.all, ...his.all, ...simple.all]
    for (const frame of heard) {
      expect([frame, wrongs(frames[frame.type]!, frame)]).toEqual([frame, []])
    }
    const kinds = new Set(heard.map(({ type }) => type))
    const unheard = Object.keys(frames).filter((type) => !kinds.has(type))
    // A ping comes after 25 s.
    expect(unheard).toEqual(['ping'])
    await hers.close()
  })

  test('a field that no schema knows would be noticed', () => {
    const data = { room: 'general', seq: 1, created_at: new Date().toISOString(), epoch: 'one' }
    expect(wrongs(commandRows['message.send'].reply, data)).toEqual([])
    expect(wrongs(commandRows['message.send'].reply, { ...data, key: 7 })).toEqual([
      '/key Unexpected property',
    ])
    expect(wrongs(Type.Array(Reply), [{ type: 'reply', data: 1, to: 2 }])).toHaveLength(1)
  })
})
