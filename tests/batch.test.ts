import { expect, test } from 'bun:test'
import { createBatch } from '../src/batch.ts'

/** A batch whose loads end when the test says so. */
function slowBatch(most: number) {
  const loads: { questions: number[]; end: PromiseWithResolvers<void> }[] = []
  const batch = createBatch<number, string>(most, async (questions) => {
    const end = Promise.withResolvers<void>()
    loads.push({ questions, end })
    await end.promise
    return questions.map((question) => `answer ${question}`)
  })
  const ends = async (nth: number) => {
    loads[nth]!.end.resolve()
    for (let tick = 0; tick < 10; tick++) await Promise.resolve()
  }
  return { batch, loads, ends }
}

test('questions that come during a load are asked together in the next one, in their order', async () => {
  const { batch, loads, ends } = slowBatch(3)
  const first = [batch.ask(1)]
  await Promise.resolve()
  const later = [2, 3, 4, 5].map(batch.ask)
  expect(loads.map(({ questions }) => questions)).toEqual([[1]])
  expect(batch.waiting()).toBe(4)
  await ends(0)
  await ends(1)
  await ends(2)
  expect(loads.map(({ questions }) => questions)).toEqual([[1], [2, 3, 4], [5]])
  const answers = [1, 2, 3, 4, 5].map((question) => `answer ${question}`)
  expect(await Promise.all([...first, ...later])).toEqual(answers)
})

test('a question never joins a load that has begun, even the same question', async () => {
  const { batch, loads, ends } = slowBatch(10)
  const before = batch.ask(7)
  await Promise.resolve()
  const after = batch.ask(7)
  await ends(0)
  expect(loads).toHaveLength(2)
  await ends(1)
  expect(await Promise.all([before, after])).toEqual(['answer 7', 'answer 7'])
})

test('a load that fails fails its own questions, and the next ones are asked', async () => {
  const { batch, loads, ends } = slowBatch(10)
  const lost = batch.ask(1)
  await Promise.resolve()
  const next = batch.ask(2)
  loads[0]!.end.reject(new Error('away'))
  expect(await lost.catch(({ message }) => message)).toBe('away')
  await ends(1)
  expect(await next).toBe('answer 2')
})
