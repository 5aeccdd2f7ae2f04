/**
 * A text with parts in brackets, such as `banned[ until {until}]`: each part without its brackets, or nothing if one of its
 * values is absent. Call it before the values are put in, because these may have brackets too.
 */
export const withParts = (text: string, values: { readonly [name: string]: unknown }): string =>
  text.replace(/\[([^[\]]*)\]/g, (_, part: string) =>
    [...part.matchAll(/\{(\w+)\}/g)].every(([, name]) => values[name!] !== undefined) ? part : '',
  )
