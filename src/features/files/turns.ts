/** Work that comes in crowds is done in a turn of the event loop each: other people's messages pass in between. */
export function createTurns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = last.then(() => new Promise(setImmediate)).then(work)
    last = result.catch(() => {})
    return result
  }
}
