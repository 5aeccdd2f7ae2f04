/*
 * What shows nothing: White_Space, Default_Ignorable_Code_Point (UTS #39), controls, the blank of Braille and of musical
 * notation. Written for a `pattern` without the `u` flag, because TypeBox compiles it so.
 */
const invisible =
  '\\s\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f' +
  '\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb'

const low = '[\\udc00-\\udfff]'

/** One character that a reader can see. */
export const visiblePattern = [
  `(?:[^${invisible}\\ud800-\\udfff]`,
  // Planes 1 and up, without U+E0000–E0FFF, shorthand controls and musical controls.
  `[\\ud800-\\ud82e\\ud830-\\ud833\\ud835-\\udb3f\\udb44-\\udbff]${low}`,
  '\\ud82f[\\udc00-\\udc9f\\udca4-\\udfff]',
  '\\ud834[\\udc00-\\udd58\\udd5a-\\udd72\\udd7b-\\udfff])',
].join('|')

const visible = new RegExp(visiblePattern)

export const isBlank = (text: string): boolean => !visible.test(text)
