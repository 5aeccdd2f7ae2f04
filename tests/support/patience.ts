/**
 * How long a fact may take before a test gives up. No green test waits for this, so it costs nothing to be generous: with seven
 * runs at once on two cores, facts took more than a minute.
 */
export const patienceMs = 180_000
