/**
 * HTML in which the browser finds no style and no script of its own. A parsed document runs nothing, but the policy of the page
 * refuses each `style` and `onclick` of it with a line in the console. What a regular expression misses does no harm.
 */
export const neutral = (html: string): string =>
  html
    .replace(/<(style|script)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, '')
    .replace(/<[a-z][^<>]*>/gi, (tag) =>
      tag
        .replace(/([\s"'])style(?=\s*=)/gi, '$1data-style')
        .replace(/([\s"'])on(?=[a-z]+\s*=)/gi, '$1data-on'),
    )
