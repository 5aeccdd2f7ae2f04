import type { Hello, RoomReady } from '../protocol/frames.ts'
import { recentMessages } from '../protocol/limits.ts'
import type { Connection } from './connection.ts'
import { joinFeed, sendPreviews } from './subscribe.ts'

/** The first frame on `/ws`. */
export async function greet(connection: Connection): Promise<void> {
  const { scope, ports, hub } = connection
  const learn = hub.memberships.learning(scope.actor.id)
  const { fields, keys } = await ports.rooms(scope)
  const hello: Hello = {
    type: 'hello',
    user: ports.user(scope),
    session: scope.session,
    ping_interval_ms: scope.policy.pingIntervalMs,
    limits: scope.policy.limits,
    ...(scope.policy.retentionDays !== undefined && { retention_days: scope.policy.retentionDays }),
    ...ports.community(),
    ...fields,
  }
  learn(keys)
  connection.send(JSON.stringify(hello))
}

/** The first frame on `/ws/{room}`: the last messages, joined without gap or double to what follows. */
export async function greetInRoom(connection: Connection, id: string): Promise<void> {
  const { scope, ports } = connection
  await joinFeed(connection, id, async (feed) => {
    const { head, messages } = await ports.recent(scope, feed.room, recentMessages)
    await feed.reached(head)
    return () => {
      const later = feed.since(head)
      if (!later) return undefined
      const ready: RoomReady = {
        type: 'room.ready',
        room: feed.room.id,
        epoch: feed.room.epoch,
        head,
        user: ports.user(scope),
        members_online: ports.countOnline(scope, feed.room),
        messages,
      }
      connection.listen(feed, () => {
        connection.send(JSON.stringify(ready))
        for (const text of later) connection.send(text)
      })
      sendPreviews(connection, feed, head)
      return true
    }
  })
}
