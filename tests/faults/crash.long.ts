import { describe, expect, test } from 'bun:test'
import { findViolations } from '../../src/bench/check.ts'
import { crash } from './crash.ts'
import { databasesHere } from './place.ts'

const kills = 5

describe.each(await databasesHere())('a server on %s that is killed under load', (database) => {
  test('has every acknowledged message once, in order, and every listener received exactly these', async () => {
    const run = (await crash({ database, kills }))!
    expect(findViolations(run.history)).toEqual([])
    expect(run.refusals).toEqual([])
    expect(run.resets).toBe(0)
    // That it was not peace that was tested.
    expect(run.killsWithSendsUnderWay).toBeGreaterThan(0)
    expect(run.history.sends.length).toBeGreaterThan(kills * 20)
    expect(run.history.listeners.every(({ heard }) => heard.length > 0)).toBe(true)
  })
})
