import { fold } from '../ground/search.ts'

/** `Rust & Friends` becomes `rust-friends`; empty when the title has no letter from a to z and no digit. */
export const addressFor = (title: string): string =>
  fold(title)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
    .replace(/-+$/, '')
