/** How long a fact may take before a test gives up. No green test waits for this, so it costs nothing to be generous. */
export const patienceMs = 60_000
