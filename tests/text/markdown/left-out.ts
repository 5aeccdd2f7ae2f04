/** The examples that a message shows in another way, by the reason for it. Decision 020 says more. */
export const leftOut: Record<string, string[]> = {
  'a line without the `>` of a quote or any indentation is behind the quote or the list': numbers(
    '93, 232-233, 238, 247, 250-251, 292-293',
  ),
  'an indented line is text: nobody indents a message to make code of it': numbers(
    '1-3, 5-8, 18, 48, 69, 107, 110-112, 114, 116-118, 134, 225, 231, 236, 252-254, 257, 264, 270-274, 278, 286-290, 313',
  ),
  'a line of `---` or `===` does not make a heading of the line above': numbers(
    '59, 80-86, 89-91, 95-96, 100, 102-103, 115, 141, 300',
  ),
  'HTML is text': numbers(
    '21, 31, 148-191, 308-309, 344, 475-477, 491, 494, 524, 536, 613-617, 623, 625-631, 642-643, gfm 657',
  ),
  '`&copy;` is text: people write about HTML as it is': numbers('25-27, 32-34, 36-41, 503, 506'),
  'there are no references: `[a][b]` and `[b]: /url` are text': numbers(
    '23, 192-196, 198, 200-208, 210-211, 214-218, 317, 527-535, 537-545, 549-550, 553-571, 573, 576-577, 582-589, 591-593',
  ),
  'an image is a link, and a link has no link inside': numbers('517'),
  'what would show nothing is shown as it was written': numbers(
    '79, 126, 129-130, 144, 239-240, 284, 484, 487, 581',
  ),
  "an address without brackets is a link in CommonMark's examples, too": numbers('602, 608, 611-612'),
  'one tilde is a tilde: 3~5 days, 7~9 hours': numbers('gfm 491'),
  'addresses end by UTS #58, and `xmpp:` is no link': numbers('gfm 626, gfm 633, gfm 634, gfm 635'),
}

/** `1, 5-7, gfm 9` */
function numbers(text: string): string[] {
  return text.split(', ').flatMap((part) => {
    const [first, last] = part.split('-').map(Number)
    if (last === undefined) return [part]
    return Array.from({ length: last - first! + 1 }, (_, index) => String(first! + index))
  })
}
