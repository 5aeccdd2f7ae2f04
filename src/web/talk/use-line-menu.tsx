import { useId, useRef, useState } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'
import { type Powers, powersOn } from '../ground/powers.ts'
import { Choices } from '../kit/menu.tsx'
import type { Point } from '../kit/popover.ts'
import { say } from '../language/say.ts'
import { Picker } from '../text/emoji/picker.tsx'
import { allChoicesOf, type LineActs } from './line-acts.tsx'

type Props = { message: Message; powers: Powers; acts: LineActs }
type Opened = { line: HTMLElement; at: Point | undefined; picking?: true }

/** Has a menu of the browser that people need: to open, to save, to spell. */
const ownMenu = 'a[href], img, video, audio, input, textarea, [popover]'

/** The menu of a message at the pointer, by a right click. Over a link, a picture or selected text, the browser's menu opens. */
export function useLineMenu(props: Props) {
  const { message, powers, acts } = props
  const [opened, setOpened] = useState<Opened>()
  const id = useId()
  /** Some browsers select the word under a right click, and only then open the menu. */
  const wasSelected = useRef<boolean>(undefined)
  /** Not every browser says in the event of the menu what it was opened with. */
  const pressedWith = useRef<string>(undefined)
  const focusLine = () => opened?.line.focus({ preventScroll: true })
  const close = () => {
    setOpened(undefined)
    focusLine()
  }

  const choices = () => [
    ...(powersOn(message, powers).react
      ? [
          {
            name: say('line.react'),
            icon: 'smile',
            run: () => setOpened({ ...opened!, picking: true }),
          } as const,
        ]
      : []),
    ...allChoicesOf(props),
  ]
  const pick = (emoji: string) => {
    close()
    acts.react(message, emoji, true)
  }

  return {
    notePress(event: PointerEvent & { currentTarget: HTMLElement }) {
      pressedWith.current = event.pointerType
      const isForMenu = event.button === 2 || event.ctrlKey
      wasSelected.current = isForMenu ? isSelectedIn(event.currentTarget) : undefined
    },
    onContextMenu(event: MouseEvent & { currentTarget: HTMLElement }) {
      const line = event.currentTarget
      const isSelected = wasSelected.current ?? isSelectedIn(line)
      const pointer = 'pointerType' in event && event.pointerType ? event.pointerType : pressedWith.current
      wasSelected.current = undefined
      pressedWith.current = undefined
      // A finger that stays opens the sheet.
      if (pointer === 'touch' || message.deleted_at || isSelected) return
      if ((event.target as Element).closest(ownMenu)) return
      event.preventDefault()
      getSelection()?.removeAllRanges()
      setOpened({ line, at: pointIn(line, event) })
    },
    menu:
      opened &&
      (opened.picking ? (
        <Picker anchor={opened.line} onClose={close} onPick={pick} />
      ) : (
        <Choices
          id={id}
          label={say('line.acts')}
          choices={choices()}
          anchor={opened.line}
          at={opened.at}
          isContext
          onClose={close}
        />
      )),
  }
}

function isSelectedIn(line: HTMLElement): boolean {
  const selection = getSelection()
  return selection !== null && !selection.isCollapsed && selection.containsNode(line, true)
}

/** Undefined for a key, where a browser gives any point. */
function pointIn(line: HTMLElement, { clientX: x, clientY: y }: MouseEvent): Point | undefined {
  const { left, right, top, bottom } = line.getBoundingClientRect()
  return x >= left && x <= right && y >= top && y <= bottom ? { x, y } : undefined
}
