/** What the nemesis breaks, in the order of the documents. */
export const faultNames = ['kill', 'pause', 'partition', 'slow', 'bus', 'postgres', 'clock', 'disk'] as const
export type FaultName = (typeof faultNames)[number]
