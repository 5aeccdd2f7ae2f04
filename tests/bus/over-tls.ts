import { openBusOver } from '../../src/bus/over-line.ts'
import { redisLine } from '../../src/bus/redis.ts'
import { createLog } from '../../src/log.ts'
import { createMetrics } from '../../src/metrics.ts'

// A process of its own, because which authorities it trusts is read from the environment at its start.

const key = new Uint8Array(32).fill(7)

function open() {
  const metrics = createMetrics()
  metrics.stop()
  return openBusOver(redisLine(process.argv[2]!, key, 'ours'), {
    node: crypto.randomUUID(),
    key,
    log: createLog({ level: 'silent' }),
    metrics: metrics.bus,
    community: async () => 'ours|1',
    expected: async () => 0,
  })
}

try {
  const [here, there] = [await open(), await open()]
  await there.listen(5)
  const heard = new Promise((resolve) => there.subscribe((note, node) => node === here.node && resolve(note)))
  here.publish({ to: 'log', room: 5, seq: 1, text: 'over TLS' })
  console.log(JSON.stringify(await heard))
} catch (error) {
  console.log((error as Error).message)
}
process.exit(0)
