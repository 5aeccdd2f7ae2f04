import { expect, test } from 'bun:test'
import { postgresForTests } from '../support/postgres.ts'
import { openPlace } from './place.ts'
import { rollRestarts } from './rolling.ts'

const has = await postgresForTests()

test.skipIf(!has)(
  'three nodes restart one after the other, and every message that people send is stored once',
  async () => {
    const place = (await openPlace('postgres'))!
    const rolled = await rollRestarts(place, 3)
    await place.close()
    expect(rolled.exits).toEqual([0, 0, 0])
    expect(rolled.unanswered).toEqual([])
    expect(rolled.sent.length).toBeGreaterThan(100)
    expect(rolled.signedOut).toEqual([])
    expect(rolled.stored.toSorted()).toEqual(rolled.sent.toSorted())
    expect(rolled.saidOffline).toEqual([])
    // A node had a third of the people; they do not all come at once, nor again and again.
    expect(rolled.mostUpgradesASecond).toBeLessThanOrEqual(12)
  },
)
