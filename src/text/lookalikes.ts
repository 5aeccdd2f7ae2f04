/*
 * Letters of other alphabets that look like those of ASCII: the table of confusables of UTS #39 (version 15, by ICU), as far as it
 * leads to ASCII and compatibility forms (NFKD) do not. `scripts/lookalikes.py` makes it. Some are written as escapes, so that an editor shows
 * the line from left to right.
 */
const looksLike: Readonly<Record<string, string>> = {
  2: 'ƧϨᒿꙄꛯꝚ',
  3: 'ƷȜЗӠⳌꝪꞫ𑣊𖼻',
  4: 'Ꮞ𑢯',
  5: 'Ƽ𑢻',
  6: 'бᏮⳒ𑣕',
  7: '𐓒𑣆',
  8: 'Ȣȣ৪੪𐌚\u{1e8cb}',
  9: '৭੧୨൭ⳊꝮ𑢬𑣌𑣖',
  a: 'ɑΑαАаᎪᗅꓮ𐊠𖽀',
  aa: 'Ꜳꜳ',
  ae: 'ÆæӔӕ',
  ao: 'Ꜵꜵ',
  au: 'Ꜷꜷ',
  av: 'ꜸꜹꜺꜻ',
  ay: 'Ꜽꜽ',
  b: 'ƄΒВЬᏏᏴᑲᖯᗷꓐꞴ𐊂𐊡𐌁',
  bl: 'Ы',
  c: 'СсᏟᴄⲤⲥꓚꮯ𐊢𐌂𐐕𐐽𐔜𑣩𑣲',
  d: 'ԁᎠᏧᑯᗞᗪꓒꓓ',
  dz: 'ʣ',
  e: 'ΕЕеҽᎬⴹꓰꬲ𐊆𑢦𑢮',
  f: 'ϜքᖴẝꓝꞘꞙꬵ𐊇𐊥𐔥𑢢𑣂',
  g: 'ƍɡԌցᏀᏳᶃꓖ',
  h: 'ΗНһհᎻᏂᕼⲎꓧ𐋏',
  i: 'ıɩɪιіӏᎥꙇꭵ𑣃',
  j: 'ͿϳЈјᎫᒍꓙꞲ',
  k: 'ΚКᏦᛕⲔꓗ𐔘',
  l: 'ƖǀΙІӀ\u{5d5}\u{5df}\u{627}\u{661}۱\u{7ca}ᏞᒪᛁⲒⳐⵏꓡꓲ𐊊𐌉𐌠𐐛𐔦𑢣𑢲𖼖𖼨\u{1e8c7}',
  ll: 'ǁ\u{5f0}',
  lo: 'Ю',
  ls: 'ʪ',
  lz: 'ʫ',
  m: 'ΜϺМᎷᗰᛖⲘꓟ𐊰𐌑𑜀𑣣',
  n: 'ΝոռⲚꓠ𐔓',
  o: 'ΟοσОоՕօ\u{5e1}\u{647}\u{665}\u{6be}\u{6c1}\u{6d5}۵\u{7c0}०০੦૦ଠ୦௦౦೦ഠ൦๐໐ဝ၀ჿዐᴏᴑⲞⲟⵔ〇ꓳꬽ𐊒𐊫𐐄𐐬𐓂𐓪𐔖𑓐𑢵𑣈𑣗𑣠',
  oe: 'Œœ',
  oo: 'ꚘꚙꝎꝏ',
  p: 'ΡρРрᏢᑭⲢⲣꓑ𐊕',
  q: 'ԛգզⵕ',
  r: 'ƦгᎡᏒᖇᴦⲅꓣꭇꭈꮁ𐒴𖼵',
  s: 'ƽЅѕՏᏕᏚꓢꜱꮪ𐊖𐐠𐑈𑣁𖼺',
  t: 'ΤТᎢⲦꓔ𐊗𐊱𐌕𑢼𖼊',
  t3: 'Ꜩ',
  tf: 'ꝷ',
  ts: 'ʦ',
  u: 'ʋυՍսሀᑌᴜꓴꞟꭎꭒ𐓎𐓶𑢸𑣘𖽂',
  ue: 'ᵫ',
  uo: 'ꭣ',
  v: 'νѴѵ\u{5d8}\u{667}۷Ꮩᐯᴠⴸꓦꛟꮩ𐔝𑜆𑢠𑣀𖼈',
  w: 'ɯѡԜԝաᎳᏔᴡꓪꮃ𑜊𑜎𑜏𑣦𑣯',
  x: 'ΧХхᕁᕽᚷⲬⵝꓫꞳ𐊐𐊴𐌗𐌢𐔧𑣬',
  y: 'ɣʏΥγУуҮүყᎩᎽᶌỿⲨꓬꭚ𐊲𑢤𑣜𖽃',
  z: 'ΖᏃᴢꓜꮓ𐋵𑢩𑣄𑣥',
}

const ascii = new Map(
  Object.entries(looksLike).flatMap(([as, letters]) => [...letters].map((letter) => [letter, as])),
)

const replaced = (text: string): string => Array.from(text, (letter) => ascii.get(letter) ?? letter).join('')

/**
 * Two names with the same skeleton look alike (UTS #39, section 4): case, spaces, punctuation and what is invisible do not
 * count, nor whether `l` is an I or a 1.
 */
export function skeletonOf(name: string): string {
  const letters = replaced(replaced(name.normalize('NFKD')).toLowerCase()).replace(
    /[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu,
    '',
  )
  const words = letters.replace(/[\p{White_Space}\p{P}\p{S}\u2800]/gu, '') || letters
  return words
    .replace(/[i1]/g, 'l')
    .replaceAll('0', 'o')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .normalize('NFC')
}

/**
 * From names by key, the keys whose names a reader may mistake: for another name of the list, or for the key of another one,
 * which for people is the username.
 */
export function mistakable(names: ReadonlyMap<string, string>): ReadonlySet<string> {
  const keysOf = new Map<string, Set<string>>()
  for (const [key, name] of names)
    for (const text of [name, key]) {
      const skeleton = knownSkeleton(text)
      keysOf.set(skeleton, (keysOf.get(skeleton) ?? new Set()).add(key))
    }
  return new Set(
    [...names].filter(([, name]) => keysOf.get(knownSkeleton(name))!.size > 1).map(([key]) => key),
  )
}

const skeletons = new Map<string, string>()
const mostKept = 20_000

/** A room compares the same names again with every message. */
function knownSkeleton(name: string): string {
  const known = skeletons.get(name)
  if (known !== undefined) return known
  if (skeletons.size >= mostKept) skeletons.clear()
  const skeleton = skeletonOf(name)
  skeletons.set(name, skeleton)
  return skeleton
}
