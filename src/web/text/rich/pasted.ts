import type { Root } from 'hast'
import { fromDom } from 'hast-util-from-dom'
import { richFrom } from './rich.ts'
import type { Reader } from './write-line.ts'

/** Loaded when somebody pastes rich text for the first time. */
export const markdownOf = (html: string, reader: Reader) =>
  richFrom(
    html,
    (text) => fromDom(new DOMParser().parseFromString(text, 'text/html').documentElement) as Root,
    reader,
  )
