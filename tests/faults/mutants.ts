/**
 * A check that was never seen to fail proves nothing. `bun tests/faults/mutants.ts [name …]` copies the repository,
 * breaks one thing at a time on purpose, and runs the tests that ought to notice. Exit code 1 when one did not.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type Change = { file: string; from: string; to: string }
type Mutant = { name: string; changes: Change[]; tests: string[] }

const repository = join(import.meta.dir, '../..')
const limitMs = 240_000

const log = ['tests/features/log']
const writer = 'src/features/log/writer.ts'

const mutants: Mutant[] = [
  {
    name: 'ack before commit',
    changes: [
      {
        file: writer,
        from: 'lane.queue.push({ room, entry, resolve, reject }),',
        to: `{
          const waiting = lane.queue.filter((other) => other.room.key === room.key).length
          resolve({ seq: heads.of(room.key) + waiting + 1, at: tools.clock(), repeated: false })
          return lane.queue.push({ room, entry, resolve, reject: () => undefined })
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
        from: 'await settle(batch, entries, await insertRows(tools.sql, rows, at))',
        to: `entries.forEach((entry, index) => heads.publish(batch[index]!.room, entry))
        await settle(batch, entries, await insertRows(tools.sql, rows, at))`,
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
        from: 'if (head < 0 || repairing || seq > head + 1)',
        to: 'if (head < 0 || repairing)',
      },
    ],
    tests: ['tests/realtime/feed.test.ts'],
  },
  {
    name: 'feed accepts repeats',
    changes: [
      {
        file: 'src/realtime/feed.ts',
        from: 'if (head >= 0 && seq <= head) return',
        to: '',
      },
    ],
    tests: ['tests/realtime/feed.test.ts'],
  },
  {
    name: 'unordered inbox',
    changes: [
      {
        file: 'src/realtime/inbox.ts',
        from: 'if (slot.text === undefined) await new Promise<void>((resolve) => (allAnswered = resolve))',
        to: '',
      },
      {
        file: 'src/realtime/inbox.ts',
        from: 'if (answers.length > 0) await new Promise<void>((resolve) => (allAnswered = resolve))',
        to: '',
      },
    ],
    tests: ['tests/conversations/order.test.ts', 'tests/realtime/inbox.test.ts'],
  },
  {
    name: 'answers as they come',
    changes: [
      {
        file: 'src/realtime/inbox.ts',
        from: 'slot.text = owner.answer(arrived, outcome)\n      flush()',
        to: "slot.text = owner.answer(arrived, outcome)\n      owner.send(slot.text)\n      slot.text = ''\n      flush()",
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
        from: 'order by row.room_key, row.seq\n',
        to: 'order by row.body\n',
      },
    ],
    tests: log,
  },
  {
    name: 'messages of others are not delivered first',
    changes: [
      {
        file: 'src/features/log/heads.ts',
        from: 'else await catchUp(room, head)',
        to: 'else told.set(room.key, { room, head })',
      },
    ],
    tests: log,
  },
  {
    name: 'a message stored without an answer is never delivered',
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
]

/** Everything but what is large and not looked at by these tests. */
function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'parley-mutants-'))
  for (const name of ['src', 'tests', 'drizzle', 'package.json', 'tsconfig.json', 'bunfig.toml'])
    cpSync(join(repository, name), join(copy, name), { recursive: true })
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

function apply(copy: string, { name, changes }: Mutant): () => void {
  const before = new Map<string, string>()
  for (const { file, from, to } of changes) {
    const path = join(copy, file)
    const source = readFileSync(path, 'utf8')
    if (!source.includes(from)) throw new Error(`"${name}" does not fit ${file} any more: ${from}`)
    if (!before.has(path)) before.set(path, source)
    writeFileSync(
      path,
      source.replace(from, () => to),
    )
  }
  return () => {
    for (const [path, source] of before) writeFileSync(path, source)
  }
}

async function runTests(copy: string, tests: string[]): Promise<{ red: boolean; failed: string[] }> {
  const run = Bun.spawn([process.execPath, 'test', '--timeout', '30000', ...tests], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  })
  const said = (
    await Promise.all([run.stdout, run.stderr].map((stream) => new Response(stream).text()))
  ).join('')
  const failed = [...said.matchAll(/^\(fail\) (.*?)(?: \[[\d.]+ms\])?$/gm)].map(([, name]) => name!)
  return { red: (await run.exited) !== 0, failed }
}

const wanted = process.argv.slice(2)
const chosen = mutants.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
const copy = copyRepository()
let survivors = 0
try {
  const control = await runTests(copy, [...new Set(chosen.flatMap(({ tests }) => tests))])
  console.log(`${control.red ? 'RED' : 'green'}\tnothing broken\t${control.failed.join(' | ')}`)
  if (control.red) survivors++
  for (const mutant of chosen) {
    const restore = apply(copy, mutant)
    const { red, failed } = await runTests(copy, mutant.tests)
    restore()
    if (!red) survivors++
    const found = failed.length > 0 ? `${failed.length}: ${failed[0]}` : ''
    console.log(`${red ? 'red' : 'SURVIVED'}\t${mutant.name}\t${found}`)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
console.log(survivors === 0 ? 'Every one was noticed.' : `${survivors} not as it should be.`)
process.exit(survivors === 0 ? 0 : 1)
