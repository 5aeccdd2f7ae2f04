import { basename, dirname, join } from 'node:path'

/**
 * Fonts become files of their own, with the hash of their content in the name, and their licence comes with them. Bun itself writes every
 * file of less than 128 KB that a style sheet names into the sheet, so that all fonts would be loaded before the first word.
 */
export function collectFonts() {
  const fonts = new Map<string, Uint8Array<ArrayBuffer>>()
  const plugin: Bun.BunPlugin = {
    name: 'fonts',
    setup: ({ onResolve }) =>
      void onResolve({ filter: /\.woff2$/ }, async ({ path, resolveDir }) => {
        const file = Bun.resolveSync(path, resolveDir)
        const body = await Bun.file(file).bytes()
        const hash = Bun.hash(body).toString(36).padStart(8, '0').slice(-8)
        const name = `${basename(file, '.woff2')}-${hash}.woff2`
        fonts.set(name, body)
        const family = dirname(dirname(file))
        fonts.set(`${basename(family)}-licence.txt`, await Bun.file(join(family, 'LICENSE')).bytes())
        return { path: `/assets/${name}`, external: true }
      }),
  }
  return { plugin, fonts }
}
