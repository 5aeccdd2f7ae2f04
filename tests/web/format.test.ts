import { describe, expect, test } from 'bun:test'
import type { Format } from '../../src/web/text/format/format.ts'
import { formatFor, formats } from '../../src/web/text/format/formats.ts'

const of = (name: string) => formats.find(({ word }) => word === `format.${name}`)!.format

/** `[` and `]` stand around what is selected. */
const done = (format: Format, marked: string) => {
  const start = marked.indexOf('[')
  const end = marked.indexOf(']') - 1
  const text = marked.replace('[', '').replace(']', '')
  const change = format(text, start, end)
  const next = text.slice(0, change.from) + change.text + text.slice(change.to)
  const [from, to] = change.selected
  return `${next.slice(0, from)}[${next.slice(from, to)}]${next.slice(to)}`
}

describe('marks', () => {
  test('are put around the selection, and removed again', () => {
    expect(done(of('bold'), 'so [bold] a')).toBe('so **[bold]** a')
    expect(done(of('bold'), 'so **[bold]** a')).toBe('so [bold] a')
    expect(done(of('strike'), '[no]')).toBe('~~[no]~~')
  })

  test('leave spaces outside, and are open for new text', () => {
    expect(done(of('bold'), 'so[ bold ]a')).toBe('so **[bold]** a')
    expect(done(of('italic'), 'so []')).toBe('so *[]*')
  })

  test('are recognised by their kind', () => {
    expect(done(of('italic'), '**[both]**')).toBe('***[both]***')
    expect(done(of('italic'), '***[both]***')).toBe('**[both]**')
    expect(done(of('bold'), '***[both]***')).toBe('*[both]*')
    expect(done(of('bold'), '*[both]*')).toBe('***[both]***')
  })
})

test('code is a mark around words, and a fence around lines', () => {
  expect(done(of('code'), 'run [it]')).toBe('run `[it]`')
  expect(done(of('code'), 'see\n[one\ntwo]\nend')).toBe('see\n```\n[one\ntwo]\n```\nend')
  expect(done(of('code'), 'see [one\ntwo] end')).toBe('see \n```\n[one\ntwo]\n```\n end')
})

/** Brackets are part of links: here the caret is given as numbers. */
test('a link has its address selected, or its words still to be written', () => {
  expect(of('link')('go here', 3, 7)).toEqual({
    from: 3,
    to: 7,
    text: '[here](https://)',
    selected: [10, 18],
  })
  expect(of('link')('https://tides.example', 0, 21)).toMatchObject({
    text: '[](https://tides.example)',
    selected: [1, 1],
  })
})

test('a quote and a list mark whole lines, and unmark them again', () => {
  expect(done(of('quote'), 'a\nb[b\nc]c')).toBe('a\n[> bb\n> cc]')
  expect(done(of('quote'), 'a\n[> bb\n> cc]')).toBe('a\n[bb\ncc]')
  expect(done(of('list'), 'on[]e')).toBe('- on[]e')
  expect(done(of('list'), '[]- one')).toBe('[]one')
})

test('a shortcut works with or without Shift, as the list of keys shows it', () => {
  expect(formatFor({ key: 'b', shiftKey: false })).toBe(of('bold'))
  expect(formatFor({ key: 'X', shiftKey: true })).toBe(of('strike'))
  expect(formatFor({ key: 'b', shiftKey: true })).toBeUndefined()
  expect(formatFor({ key: 'x', shiftKey: false })).toBeUndefined()
})
