/** Calls what is not ours: its error is reported as uncaught, and does not stop what we are in the middle of. */
export function aside(call: () => void): void {
  try {
    call()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
