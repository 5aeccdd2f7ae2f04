import type { Reaction } from '../protocol/messages.ts'

/** Reactions stand in the order in which their emoji was first used. */
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
