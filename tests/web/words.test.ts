import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { refusals } from '../../src/protocol/refusals.ts'
import { en as own } from '../../src/web/language/translations/en.ts'
import { later } from '../../src/web/language/translations/en-later.ts'
import type { Plural } from '../../src/web/language/translations/types.ts'

/** With those that the page loads later. */
const en = {
  ...own,
  ...later,
  ...(Object.fromEntries(
    Object.entries(refusals).map(([reason, { message }]) => [`refusal.${reason}`, message]),
  ) as { readonly [Reason in keyof typeof refusals as `refusal.${Reason}`]: string }),
}

/** What a reader of the language would stumble over. */
const never: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  de: {
    'the formal address, where the page says du': /[a-zäöüß,] (Sie|Ihnen|Ihre?[mnrs]?)\b/,
    'an ellipsis without its space': /[\wäöüß]…|\.\.\./,
    'quotes of English': /“[^“”„]+”|[‘’']/,
    'a short imperative among the long ones': /\b[Vv]ersuch es|\b[Ww]ähl (ein|et)|\b[Ff]üll |\bSchließ /,
    'a second word for one thing':
      /(?<!E-)\bMails?\b|Direktgespräch|\bBenutzer (ist|gibt)|\banleg|Administrator/,
  },
  zh: {
    'no space between Chinese and Latin': /\p{Script=Han}[A-Za-z0-9{@]|[A-Za-z0-9}%]\p{Script=Han}/u,
    'punctuation of half width': /\p{Script=Han} ?[,.;?!()]|[,;?!()] ?\p{Script=Han}/u,
    'a space next to punctuation of full width': /[，。：；？！（）“”] | [，。：；？！（）“”]/,
    'a second word for one thing': /私聊|静音|版主|聊天室|运营者|您|帐号|离开/,
  },
  ar: {
    'punctuation of Latin': /\p{Script=Arabic}\s*[,;?]/u,
    'digits that the rest of the page does not use': /[٠-٩]/,
    'quotes of another language': /[“”„]/,
    'an address without isolates, whose slashes would be on the wrong side': /(?<!\u2066)https:\/\//,
    'a second word for one thing': /خطاطيف|محرف|محارف|حظرته|مرشّح/,
  },
}

const directory = join(import.meta.dir, '../../src/web/language/translations')
const words = Object.keys(en) as (keyof typeof en)[]

const gaps = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort()
const formsOf = (text: string | Plural): string[] => (typeof text === 'string' ? [text] : Object.values(text))

// How many events waited was once `{count}`: `say` chooses a form by `n`, so one event was "1 events".
test('a text with plural forms says the number by which its form is chosen', () => {
  const others = words.flatMap((word) => {
    const text: string | Plural = en[word]
    return typeof text === 'string' || text.other.includes('{n}') ? [] : [word]
  })
  expect(others).toEqual([])
})

describe.each(['de', 'zh', 'ar'])('the texts in %s', async (language) => {
  const texts = (await Bun.file(join(directory, `${language}.json`)).json()) as Record<
    string,
    string | Plural
  >
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories

  test('are complete, and none is superfluous', () => {
    expect(words.filter((word) => texts[word] === undefined)).toEqual([])
    expect(Object.keys(texts).filter((word) => !Object.hasOwn(en, word))).toEqual([])
    expect(words.filter((word) => formsOf(texts[word] ?? ' ').some((text) => text.trim() === ''))).toEqual([])
  })

  test('take the same values as the English ones', () => {
    const differing = words.filter((word) => {
      const wanted = new Set(formsOf(en[word]).flatMap(gaps))
      // A language may say "one day" without the number.
      return formsOf(texts[word]!).some((text) => gaps(text).some((gap) => !wanted.has(gap)))
    })
    expect(differing).toEqual([])
    const forgetful = words.filter((word) => {
      const given = new Set(formsOf(texts[word]!).flatMap(gaps))
      return formsOf(en[word])
        .flatMap(gaps)
        .some((gap) => !given.has(gap))
    })
    expect(forgetful).toEqual([])
  })

  test('say nothing that their readers would stumble over', () => {
    const found = words.flatMap((word) =>
      formsOf(texts[word]!).flatMap((text) =>
        Object.entries(never[language] ?? {}).flatMap(([what, pattern]) =>
          pattern.test(text) ? [`${word} has ${what}: ${text}`] : [],
        ),
      ),
    )
    expect(found).toEqual([])
  })

  test('have every form that the language counts with', () => {
    const counted = words.filter((word) => typeof en[word] !== 'string')
    const wrong = counted.filter((word) => {
      const text = texts[word]
      return typeof text === 'string' || forms.some((form) => text?.[form] === undefined)
    })
    expect(wrong).toEqual([])
    expect(words.filter((word) => typeof en[word] === 'string' && typeof texts[word] !== 'string')).toEqual(
      [],
    )
  })
})
