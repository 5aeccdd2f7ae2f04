import type { Sending } from '../sdk/sendings.ts'

/** Prints a line once the message is stored, if it names people who are not in its room. */
export function noteAbsent(sending: Sending, print: (line: string) => void): void {
  sending.then(
    ({ absent = [] }) => {
      const names = absent.map(({ username }) => `@${username}`).join(', ')
      const [are, do_] = absent.length > 1 ? ['are', 'do'] : ['is', 'does']
      if (absent.length > 0) print(`${names} ${are} not in this room and ${do_} not hear of it.`)
    },
    // A refused message is shown as such.
    () => {},
  )
}
