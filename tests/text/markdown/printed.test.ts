import { expect, test } from 'bun:test'
import { plainText } from '../../../src/text/markdown/plain.ts'
import { printedText } from '../../../src/text/markdown/printed.ts'

test('a terminal shows lists, quotes, code, tables and tasks by signs, and no marks', () => {
  const text = [
    '# Deploy',
    'The **old** one, _now_:',
    '1. Stop\n   ```sh\n   stop now\n\n   echo $?\n   ```\n2. Start',
    '- [x] rope\n- [ ] tar\n    - brush',
    '> said\n> > before',
    '| Day | High |\n|:-:|--:|\n| Mon | `4` |',
    '---\nOne\n\nTwo ~~three~~',
  ].join('\n\n')
  expect(printedText(text).split('\n')).toEqual([
    'Deploy',
    'The old one, now:',
    ...['1. Stop', '       stop now', '', '       echo $?', '2. Start'],
    ...['- [x] rope', '- [ ] tar', '  - brush'],
    ...['> said', '> > before'],
    ...['Day | High', 'Mon | `4`'],
    ...['---', 'One', '', 'Two ~~three~~'],
  ])
})

test('a terminal shows where a link leads, and the real host before the punctuation of the sentence', () => {
  for (const [text, printed] of [
    [
      'See https://good.example@evil.test/, or (https://аpple.com).',
      'See https://good.example@evil.test/ (evil.test), or (https://аpple.com (xn--pple-43d.com)).',
    ],
    [
      '[the *docs*](https://tides.example/a "x"), www.tides.example',
      'the docs <https://tides.example/a>, www.tides.example',
    ],
    ['[https://good.example](https://evil.test)', 'https://good.example <https://evil.test>'],
    ['Ask ada@tides.example, \\*not\\* `*her*`', 'Ask ada@tides.example, *not* `*her*`'],
  ] as const)
    expect(printedText(text)).toBe(printed)
})

test('one line has no signs but the boxes of tasks', () => {
  expect(plainText('- [x] rope\n- [ ] **tar**\n\n> said\n\n| a | b |\n|-|-|\n| c | `d` |\n\n---')).toBe(
    '☑ rope ☐ tar said a, b c, d —',
  )
})
