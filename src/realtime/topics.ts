/** Bun's own topics: a text published to one is written once for all sockets that subscribe to it. */
export const roomTopic = (key: number): string => `room:${key}`
export const userTopic = (id: string): string => `user:${id}`
