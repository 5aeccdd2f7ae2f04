/**
 * Writes `src/web/text/emoji/table.ts`, the emoji of the picker: `bun scripts/emoji.ts`. Those that people know and every device of
 * the last years can draw; flags, clocks and signs would only stand in the way.
 */
import { join } from 'node:path'
import groups from 'unicode-emoji-json/data-by-group.json'

/** The newest Emoji version taken: 12 is of 2019. */
const newest = 12

const taken: Record<string, { as: string; except: RegExp }> = {
  'Smileys & Emotion': { as: 'smileys', except: /^(?:ogre|goblin|left speech|anger symbol)/ },
  'People & Body': {
    as: 'people',
    except:
      /person in|person with|person:|man with|woman with|couple|kiss|mage|vampire|mer|elf|genie|lifting|bouncing|wrestling|silhouette|bust/,
  },
  'Animals & Nature': { as: 'nature', except: /^white flower|poodle|^ram$|^ewe$|^water buffalo/ },
  'Food & Drink': { as: 'food', except: /amphora/ },
  'Travel & Places': {
    as: 'travel',
    except:
      /o’clock|thirty|quarter moon|gibbous|silhouette|Japanese (?:post|castle)|tram car|oncoming|railway car|umbrella on/,
  },
  Activities: {
    as: 'activities',
    except: /suit$|mahjong|flower playing|carp streamer|Japanese|moon viewing/,
  },
  Objects: {
    as: 'objects',
    except:
      /banknote|mailbox|speaker|computer mouse|trackball|clutch|optical|card index|cabinet|clamp|chart increasing with/,
  },
  Symbols: {
    as: 'symbols',
    except:
      /button|zodiac|^(?:Aries|Taurus|Gemini|Cancer|Leo|Virgo|Libra|Scorpio|Sagittarius|Capricorn|Aquarius|Pisces|Ophiuchus)$|arrow|keycap|symbol|sign$|restroom|room$|customs|claim|luggage|control|^no |prohibited|currency|loop|star of David|khanda|cross$|crescent|menorah|pointed star|dim|bright|antenna|vibration|phone off|square|diamond|part alternation|emblem|beginner|fleur/,
  },
}

const lines = groups.flatMap(({ name, emojis }) => {
  const group = taken[name]
  if (!group) return []
  const common = emojis.filter(
    (each) =>
      Number(each.emoji_version) <= newest && !each.emoji.includes('\u200d') && !group.except.test(each.name),
  )
  return [`  ${group.as}:\n    '${common.map((each) => `${each.emoji} ${each.name}`).join(';')}',`]
})

const text = `/** Made by scripts/emoji.ts from unicode-emoji-json. Each group: emoji and English name, divided by semicolons. */
export const table = {
${lines.join('\n')}
}
`
await Bun.write(join(import.meta.dir, '../src/web/text/emoji/table.ts'), text)
