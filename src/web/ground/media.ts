/** Whether there is room for the people beside the talk; the same width as in `room.css`. */
export const wide = (): boolean => matchMedia('(min-width: 80rem)').matches

/** Whether anything hovers: a browser makes up a mouse where a finger has been. */
export const hasMouse = (): boolean => matchMedia('(hover: hover)').matches

/** Where writing can begin at once: on a phone the keyboard on the glass would cover half of what there is to read. */
export const hasKeyboard = (): boolean => matchMedia('(hover: hover) and (pointer: fine)').matches
