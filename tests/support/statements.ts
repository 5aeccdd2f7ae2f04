import type { TestServer } from './server.ts'

/**
 * How many statements this server has sent to its database. Its own work is among them (the look for heads, a sweep): leave a limit room
 * for some ten of those, or a busy machine makes the test red.
 */
export const statementsOf = ({ tools }: Pick<TestServer, 'tools'>): number =>
  Number(/^parley_database_statements_total\{.*\} (\d+)$/m.exec(tools.metrics.text())![1])
