import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { Glob } from 'bun'

const root = join(import.meta.dir, '../../src/web')
const sheets = await Promise.all(
  [...new Glob('**/*.css').scanSync(root)].map(async (path) => ({
    path,
    text: (await Bun.file(join(root, path)).text()).replace(/\/\*.*?\*\/|@font-face \{.*?\}/gs, ''),
  })),
)
const steps = ['micro', 'tiny', 'small', 'text', 'large', 'title', 'heading', 'display', 'poster']

test('the sizes of type are a few steps, each larger than the one before', () => {
  const { text } = sheets.find(({ path }) => path === 'kit/tokens.css')!
  const rems = steps.map((step) => Number(new RegExp(`--${step}: ([\\d.]+)rem;`).exec(text)?.[1]))
  expect(rems).toEqual([...new Set(rems)].sort((a, b) => a - b))
})

test('no style sheet has a size or a weight of its own', () => {
  // Letters in a face grow with it, and code is smaller than the words around it.
  const size = `(var\\(--(${steps.join('|')})\\)|[\\d.]+em|calc\\(var\\(--face\\) \\* [\\d.]+\\)|inherit)`
  const allowed = {
    'font-size': new RegExp(`^${size}$`),
    font: new RegExp(`^(inherit|(italic |600 |700 )?${size}( / [\\d.]+)? var\\(--(sans|serif|mono)\\))$`),
    'font-weight': /^(400|600|700|inherit)$/,
  }
  const others = sheets.flatMap(({ path, text }) =>
    [...text.matchAll(/(?<![\w-])(font|font-size|font-weight): ([^;]+);/g)]
      .filter(([, property, value]) => !allowed[property as keyof typeof allowed].test(value!))
      .map(([declaration]) => `${path}: ${declaration}`),
  )
  expect(others).toEqual([])
})
