/** Calls a handler of the application. If it throws, the error is reported as uncaught, and the SDK goes on. */
export function callHandler(call: () => void): void {
  try {
    call()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
