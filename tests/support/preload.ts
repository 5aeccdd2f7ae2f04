import { setDefaultTimeout } from 'bun:test'

// Tests wait for facts; the default of 5 s would make a loaded machine a reason to fail.
setDefaultTimeout(30_000)
