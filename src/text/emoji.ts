const one = /^\p{RGI_Emoji}$/v
const shortcode = /^:[\w+-]{1,30}:$/

/** The same for all spellings of an emoji: U+FE0F and U+FE0E only say how to draw it. */
export const emojiKey = (text: string): string => text.replace(/[\ufe0e\ufe0f]/g, '').normalize('NFC')

/** One emoji of UTS #51 (RGI), with or without its variation selectors, or a `:name:`. */
export const isReaction = (text: string): boolean => shortcode.test(text) || one.test(fullyQualified(text))

/** With U+FE0F after each character that is drawn as text without it, but not before the tone of a skin. */
const fullyQualified = (text: string): string =>
  emojiKey(text).replace(/(?!\p{Emoji_Presentation})\p{Emoji}(?!\p{Emoji_Modifier})/gu, '$&\ufe0f')
