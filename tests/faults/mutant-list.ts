/** What `mutants.ts` breaks, and which tests have to notice. `mutants.test.ts` holds that each text is still in its file. */

export type Change = { file: string; from: string; to: string }
export type Mutant = { name: string; changes: Change[]; tests: string[] }

const log = ['tests/features/log']
const writer = 'src/features/log/writer.ts'
/** For what one node alone does not show. */
const nemesis = ['./tests/faults/nemesis.long.ts']

export const mutants: Mutant[] = [
  {
    name: 'ack before commit',
    changes: [
      {
        file: writer,
        from: 'lane.queue.push({ room, pass, entry, resolve, reject }),',
        to: `{
          const waiting = lane.queue.filter((other) => other.room.key === room.key).length
          resolve({ seq: heads.tipOf(room.key).head + waiting + 1, at: tools.clock(), repeated: false })
          return lane.queue.push({ room, pass, entry, resolve, reject: () => undefined })
        },`,
      },
    ],
    tests: log,
  },
  {
    name: 'publish before commit',
    changes: [
      {
        file: writer,
        from: 'await settle(batch, entries, await insert(tools.sql, batch, rows))',
        to: `entries.forEach((entry, index) => heads.publish(batch[index]!.room, entry))
        await settle(batch, entries, await insert(tools.sql, batch, rows))`,
      },
    ],
    tests: log,
  },
  {
    name: 'no dedupe',
    changes: [
      {
        file: 'src/features/log/repeats.ts',
        from: 'if (entry.clientId === undefined) return store()',
        to: 'if (entry.seq !== 0) return store()',
      },
      { file: 'src/features/log/row.ts', from: 'clientId: entry.clientId ?? null,', to: 'clientId: null,' },
    ],
    tests: ['tests/features/log', 'tests/conversations/exactly-once.test.ts'],
  },
  {
    name: 'no look at what is stored under way',
    changes: [
      {
        file: 'src/features/log/repeats.ts',
        from: 'if (matches(tools, row, waiting))',
        to: 'if (row)',
      },
    ],
    tests: ['tests/features/log', 'tests/conversations/exactly-once.test.ts'],
  },
  {
    name: 'no membership re-check',
    changes: [
      {
        file: 'src/realtime/subscribe.ts',
        from: 'const still = ports.gate(scope, id)',
        to: 'const still = room as ReturnType<typeof ports.gate>',
      },
    ],
    tests: ['tests/realtime/revocation.test.ts'],
  },
  {
    name: 'drop at back-pressure',
    changes: [
      {
        file: 'src/realtime/sweep.ts',
        from: 'export const mostBuffered = 1 << 20',
        to: 'export const mostBuffered = 1 << 30',
      },
      { file: 'src/server.ts', from: 'const hardBuffer = 4 << 20', to: 'const hardBuffer = 1 << 20' },
      {
        file: 'src/server.ts',
        from: 'closeOnBackpressureLimit: true',
        to: 'closeOnBackpressureLimit: false',
      },
    ],
    tests: ['tests/realtime/slow-reader.test.ts'],
  },
  {
    name: 'a replay page without a bound in bytes',
    changes: [
      {
        file: 'src/realtime/subscribe.ts',
        from: 'const pageCharacters = 262_144',
        to: 'const pageCharacters = 1 << 30',
      },
      {
        file: 'src/realtime/sweep.ts',
        from: 'mostBuffered + connection.longBytes',
        to: 'mostBuffered',
      },
    ],
    tests: ['tests/realtime/slow-reader.test.ts'],
  },
  {
    name: 'feed accepts gaps',
    changes: [
      {
        file: 'src/realtime/feed.ts',
        from: 'if (head < 0 || repairing || seq > head + 1 || options.isHeld())',
        to: 'if (head < 0 || repairing || options.isHeld())',
      },
    ],
    tests: ['tests/realtime/feed.test.ts'],
  },
  {
    name: 'feed accepts repeats',
    changes: [
      {
        file: 'src/realtime/feed.ts',
        from: 'const { seq } = event\n    if (head >= 0 && seq <= head) return',
        to: 'const { seq } = event',
      },
    ],
    tests: ['tests/realtime/feed.test.ts'],
  },
  {
    name: 'unordered inbox',
    changes: [
      {
        file: 'src/realtime/inbox.ts',
        from: 'if (slot.text === undefined) await this.#untilAllReplied()',
        to: '',
      },
      {
        file: 'src/realtime/inbox.ts',
        from: 'if (this.#replies.length > 0) await this.#untilAllReplied()',
        to: '',
      },
    ],
    tests: ['tests/conversations/order.test.ts', 'tests/realtime/inbox.test.ts'],
  },
  {
    name: 'replies as they come',
    changes: [
      {
        file: 'src/realtime/inbox.ts',
        from: 'slot.text = this.#owner.encode(arrived, outcome)\n      this.#flush()',
        to: "slot.text = this.#owner.encode(arrived, outcome)\n      this.#owner.sendReply(slot.text)\n      slot.text = ''\n      this.#flush()",
      },
    ],
    tests: ['tests/conversations/order.test.ts', 'tests/realtime/inbox.test.ts'],
  },
  {
    name: 'a deadlock fails',
    changes: [
      {
        file: 'src/features/log/contest.ts',
        from: "return kind === 'deadlock' || kind === 'serialization' ? kind : undefined",
        to: 'return undefined',
      },
      {
        file: 'src/features/log/store.ts',
        from: 'order by row.room_key, row.seq\n     returning',
        to: 'order by row.body\n     returning',
      },
    ],
    tests: log,
  },
  {
    name: 'messages of others are not delivered first',
    changes: [
      {
        file: 'src/features/log/heads.ts',
        from: 'else await catchUp(room, tip.head < reached.head ? { ...reached, at: tip.at } : tip)',
        to: 'else published.set(room.key, { ...tip, room, rights: 0 })',
      },
    ],
    tests: log,
  },
  {
    name: 'a message stored without a reply is never delivered',
    changes: [
      {
        file: 'src/features/log/heads.ts',
        from: 'timer ??= setTimeout(resolveDoubts, retryMs)',
        to: 'doubted.clear()',
      },
    ],
    tests: log,
  },
  {
    name: 'no resend by the SDK',
    changes: [
      {
        file: 'src/sdk/outbox.ts',
        from: 'for (const id of Object.keys(store.get().rooms)) void flush(id)',
        to: '',
      },
    ],
    tests: ['tests/sdk'],
  },
  {
    name: 'the SDK resumes from where it is not',
    changes: [
      {
        file: 'src/sdk/subscriptions.ts',
        from: '? { epoch: room.epoch, seq: room.head } : undefined',
        to: '? { epoch: room.epoch, seq: room.head + 1 } : undefined',
      },
    ],
    tests: ['tests/sdk'],
  },
  {
    name: 'a silent socket is left open',
    changes: [
      { file: 'src/realtime/sweep.ts', from: 'if (!aliveSincePing && now', to: 'if (now < 0 && now' },
    ],
    tests: ['tests/realtime/heartbeat.test.ts'],
  },
  {
    name: 'an ended session is forgotten at once',
    changes: [{ file: 'src/realtime/hub.ts', from: 'ended.set(session, reason)', to: '' }],
    tests: ['tests/realtime/revocation.test.ts'],
  },
  {
    name: 'a backup keeps what was read before it was marked',
    changes: [
      {
        file: 'src/archive/cut.ts',
        from: 'else if (head > before) await readMarked(sql, room, before, upTo, sink)',
        to: '',
      },
    ],
    tests: ['tests/archive/cut.test.ts'],
  },
  {
    name: 'a key is taken for its namesake',
    changes: [{ file: 'src/archive/ring.ts', from: ' && key.equals(target.current.key)', to: '' }],
    tests: ['tests/archive/keys.test.ts'],
  },
  {
    name: 'a changed backup is believed',
    changes: [
      { file: 'src/archive/unpack.ts', from: "if (seal[1] !== hash.digest('hex')) throw damaged()", to: '' },
    ],
    tests: ['tests/archive/damage.test.ts'],
  },
  {
    name: 'a node does not read the log when notes of another were lost',
    changes: [
      {
        file: 'src/realtime/feed.ts',
        from: 'if (head < 0 || repairing || seq > head + 1 || options.isHeld())',
        to: 'if (head < 0 || repairing || options.isHeld())',
      },
    ],
    tests: nemesis,
  },
  {
    name: 'a node ignores who was removed on another',
    changes: [
      {
        file: 'src/realtime/hub.ts',
        from: 'if (left === undefined || !isElsewhere) return feed.take({ seq, text })',
        to: 'if (seq > 0) return feed.take({ seq, text })',
      },
    ],
    tests: ['tests/nodes/membership.test.ts'],
  },
  {
    name: 'a node delivers what others have written as it comes',
    changes: [
      {
        file: 'src/realtime/hub.ts',
        from: 'if (left === undefined || !isElsewhere) return feed.take({ seq, text })',
        to: `if (isElsewhere) return publish(roomTopic(note.room), text)
    if (seq > 0) return feed.take({ seq, text })`,
      },
    ],
    tests: ['tests/nodes/membership.test.ts', 'tests/nodes/talk.test.ts'],
  },
  {
    name: 'a node knows a retry only of what it has stored itself',
    changes: [
      { file: 'src/features/log/row.ts', from: 'clientId: entry.clientId ?? null,', to: 'clientId: null,' },
    ],
    tests: ['tests/nodes/races.test.ts'],
  },
  {
    name: 'what could not be checked is delivered all the same',
    changes: [{ file: 'src/realtime/hub.ts', from: 'if (held === isHeld) return', to: 'if (!held) return' }],
    tests: ['tests/nodes/unchecked.test.ts'],
  },
]
