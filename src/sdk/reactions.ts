import type { Message, Reaction } from '../protocol/messages.ts'

/** Reactions are in the order in which their emoji was first used. */
export function addReaction(reactions: Reaction[], emoji: string, mine: boolean): Reaction[] {
  if (!reactions.some((reaction) => reaction.emoji === emoji))
    return [...reactions, { emoji, count: 1, ...(mine ? { mine } : {}) }]
  return reactions.map((reaction) =>
    reaction.emoji === emoji
      ? { ...reaction, count: reaction.count + 1, ...(mine ? { mine } : {}) }
      : reaction,
  )
}

export function removeReaction(reactions: Reaction[], emoji: string, mine: boolean): Reaction[] {
  return reactions.flatMap((reaction) => {
    if (reaction.emoji !== emoji) return [reaction]
    if (reaction.count <= 1) return []
    const { mine: ours, ...rest } = reaction
    return [{ ...rest, count: reaction.count - 1, ...(ours && !mine ? { mine: ours } : {}) }]
  })
}

/** A fetched message has `mine: false`; one that was built from events leaves `mine` out. This leaves it out too. */
export function asApplied(message: Message): Message {
  if (message.reactions.length === 0) return message
  return {
    ...message,
    reactions: message.reactions.map(({ mine, ...rest }) => (mine ? { ...rest, mine } : rest)),
  }
}
