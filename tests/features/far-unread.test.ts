import { expect, test } from 'bun:test'
import { countUnread } from '../../src/features/rooms/greeting-store.ts'
import { mostUnread } from '../../src/features/rooms/unread-after.ts'
import { countFar } from '../../src/features/rooms/unread-far.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  test('what is unread after marks far behind is the same for many people at once as for each alone', async () => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    const seqs: number[] = []
    for (let nth = 0; nth < mostUnread + 100; nth += 50)
      seqs.push(
        ...(await Promise.all(
          Array.from({ length: 50 }, (_, index) =>
            post(server, [ben, cleo, dan][index % 3]!, room, `${nth} ${index}`),
          ),
        )),
      )
    await rest(server, ben).delete(`/rooms/${room}/messages/${Math.min(...seqs)}`)
    for (const seq of seqs.filter((seq) => seq % 40 === 0))
      await rest(server, ben).delete(`/rooms/${room}/messages/${seq}`)

    const { sql } = server.tools
    const [{ key }] = (await sql.query<{ key: number }>('select key from rooms where id = $1', [room])) as [
      { key: number },
    ]
    await rest(server, cleo).put(`/users/me/blocks/${dan.username}`, {})
    const head = (await countUnread(sql, [{ roomKey: key, userId: ben.id, readSeq: 0 }]))[0]!.head
    // From the beginning, from the middle, next to the head, and at it; a room that nobody else is behind in is counted alone.
    const marks = [0, 1, 7, 200, 201, head - mostUnread, head - 30, head - 1, head].flatMap((readSeq) =>
      [ben, cleo, dan].map(({ id }) => ({ roomKey: key, userId: id, readSeq })),
    )
    const other = await makeRoom(server, dan, [cleo])
    await post(server, dan, other, 'Alone')
    const [{ key: otherKey }] = (await sql.query<{ key: number }>('select key from rooms where id = $1', [
      other,
    ])) as [{ key: number }]
    marks.splice(5, 0, { roomKey: otherKey, userId: ben.id, readSeq: 0 })

    const alone = await countUnread(sql, marks)
    const together = await countFar(sql, marks, new Map([[cleo.id, new Set([dan.id])]]))
    expect(together).toEqual(alone)
    expect(new Set(alone.map(({ unread }) => unread)).size).toBeGreaterThan(8)
    expect(alone[0]!.unread).toBeGreaterThan(300)
  })
})
