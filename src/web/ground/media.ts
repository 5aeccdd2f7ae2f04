/** Whether the page is wide enough for the list of members next to the messages; the same width as in `room.css`. */
export const wide = (): boolean => matchMedia('(min-width: 80rem)').matches

/** Whether the device can hover. On touch screens browsers also send mouse events. */
export const hasMouse = (): boolean => matchMedia('(hover: hover)').matches

/**
 * Whether a text box may get the focus by itself, and Enter sends: an on-screen keyboard would cover half of the page. Who has
 * nothing to point with has a keyboard.
 */
export const hasKeyboard = (): boolean =>
  matchMedia('(hover: hover) and (pointer: fine), (pointer: none)').matches
