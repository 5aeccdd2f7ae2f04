import { keyedHash } from '../crypto/keys.ts'
import type { Line, Topic } from './line.ts'
import { whyRefused } from './redis-refusal.ts'

const connectMs = 3000
/** One SUBSCRIBE names so many channels. */
const channelsAtOnce = 500

/** Each connection is a new one: what happens when one ends is for the bus to say. */
const options = {
  autoReconnect: false,
  enableOfflineQueue: false,
  connectionTimeout: connectMs,
}

/** PUBLISH and SUBSCRIBE of Redis or Valkey: notes travel whole, on a channel for each room. */
export function redisLine(url: string, key: Uint8Array, community: string): Line {
  const place = placeOf(url)
  const name = `parley:${keyedHash(key, `channel|${community}`).slice(0, 16)}`
  const channelOf = (topic: Topic): string => `${name}:${topic}`

  return {
    place,
    mostUnderWay: Number.POSITIVE_INFINITY,
    topicOf: (note) => (note.to === 'log' || note.to === 'room' ? note.room : 'nodes'),
    shorten: (note) => note,
    join: (notes) => notes,
    async open({ hear, lost }) {
      let isOpen = false
      // A connection that listens sends nothing else.
      const talker = new Bun.RedisClient(url, options)
      const listener = new Bun.RedisClient(url, options)
      const both = [talker, listener]
      const close = () => {
        isOpen = false
        for (const each of both) each.close()
      }
      for (const each of both)
        each.onclose = (error) => {
          if (!isOpen) return
          close()
          lost(error.message)
        }
      try {
        await inTime(Promise.all(both.map((each) => each.connect())))
        await inTime(listener.subscribe(channelOf('nodes'), hear))
      } catch (error) {
        close()
        throw new Error(await whyRefused(url, place, error))
      }
      isOpen = true
      return {
        send: (topic, text) => talker.publish(channelOf(topic), text),
        async listen(rooms) {
          for (let at = 0; at < rooms.length; at += channelsAtOnce) {
            const channels = rooms.slice(at, at + channelsAtOnce).map(channelOf)
            await listener.subscribe(channels as unknown as string, hear)
          }
        },
        ignore: (room) => void listener.unsubscribe(channelOf(room)).catch(() => {}),
        close: async () => close(),
      }
    },
  }
}

/** Host and port: never the password. */
function placeOf(url: string): string {
  const { hostname, port } = new URL(url)
  return `Redis at ${hostname}:${port || 6379}`
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: Timer | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no response within ${connectMs / 1000} s`)), connectMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
