/**
 * Why this was rejected. While `expect(promise).rejects` of Bun waits, what a thread sends arrives late: a restore into the embedded
 * database was refused after 6 s instead of 0.2.
 */
export const rejected = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('It was not rejected')
    },
    (error) => error,
  )
