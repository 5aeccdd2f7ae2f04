/** Letters that are no base letter with a mark, so that Unicode does not take them apart. */
const letters: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  // Turkish: the four letters i of that language are typed on keyboards that lack two of them.
  ı: 'i',
  // The Greek sigma at the end of a word.
  ς: 'σ',
  // Arabic and Persian letters that are written for each other.
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
  ة: 'ه',
  ۀ: 'ه',
  // Hindi: both stand for the same nasal.
  '\u0901': '\u0902',
}
const isLetter = new RegExp(`[${Object.keys(letters).join('')}]`, 'gu')

/**
 * Marks that are often left out: accents, Hebrew points, Arabic vowel signs with the tatweel, the nukta of Hindi. Not all of \p{M}, because
 * the vowels of Hindi, Thai or Burmese are among them.
 */
const marks =
  /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0640\u093c]/gu

/** What no reader sees: soft hyphens, joiners, directions, variation selectors. */
const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\ufe00-\ufe0f]/g

/** The first digit of each script. */
const zeros = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0x0ed0, 0x1040, 0x17e0]
const digit =
  /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59\u0ed0-\u0ed9\u1040-\u1049\u17e0-\u17e9]/g

const notAscii = /[^\0-\x7f]/

/** A word without case, accents and other spellings of the same letters: what is equal afterwards is the same word for a search. */
export function fold(text: string): string {
  if (!notAscii.test(text)) return text.toLowerCase()
  return text
    .replace(invisible, '')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('и\u0306', 'й')
    .replace(marks, '')
    .replace(isLetter, (letter) => letters[letter]!)
    .replace(digit, asciiDigit)
    .normalize('NFC')
}

function asciiDigit(sign: string): string {
  const code = sign.charCodeAt(0)
  return String(code - zeros.findLast((zero) => zero <= code)!)
}

/** What stands between the parts of an address or identifier, however the keyboard writes it. */
export const foldSigns = (text: string): string =>
  text === ''
    ? ''
    : text
        .replace(invisible, '')
        .normalize('NFKC')
        .replace(/[\u2018\u2019\u02bc\u05f3]/g, "'")
        .replace(/[\u201c\u201d\u05f4]/g, '"')
        .replace(/[\u2010-\u2015\u2212\u05be]/g, '-')
