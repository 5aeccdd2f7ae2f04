import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Drawing, Icon } from './icon.tsx'
import { type Point, placeNear, useCloseOutside } from './popover.ts'

export type Choice = {
  name: string
  icon?: Drawing
  danger?: boolean
  /** For an option that is on or off. */
  checked?: boolean
  run: () => void
}

type Props = { label: string; icon?: Drawing; class?: string; choices: () => readonly Choice[] }

/** A button with a menu (WAI-ARIA APG, menu button): the arrows move, Escape and Tab close it. */
export function Menu({ label, icon = 'more', class: looks = 'icon', choices }: Props) {
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  const close = () => {
    setOpen(false)
    button.current?.focus({ preventScroll: true })
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        class={looks}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        {...(open ? { 'aria-controls': id } : {})}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return
          event.preventDefault()
          setOpen(true)
        }}
      >
        <Icon of={icon} />
      </button>
      {open && <Choices id={id} label={label} choices={choices()} anchor={button.current} onClose={close} />}
    </>
  )
}

type ChoicesProps = {
  id: string
  label: string
  choices: readonly Choice[]
  anchor: HTMLElement | null
  /** Whether a press on the anchor closes it, as for one that a right click has opened. */
  isContext?: boolean
  /** Where it was asked for, if that is not the whole anchor. */
  at?: Point | undefined
  onClose: () => void
}

/** The open menu, near its anchor. */
export function Choices({ id, label, choices, anchor, isContext, at, onClose }: ChoicesProps) {
  const list = useRef<HTMLDivElement>(null)

  useLayoutEffect(() => {
    const menu = list.current
    if (!menu || !anchor) return
    // In the top layer, no scrolling element clips it.
    menu.showPopover()
    placeNear(menu, anchor, at)
    menu.querySelector('button')?.focus({ preventScroll: true })
  }, [anchor, at])

  useCloseOutside(list, isContext ? null : anchor, onClose)

  const move = (event: KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + buttons.length, Home: 0, End: buttons.length - 1 }[
      event.key
    ]
    if (event.key === 'Escape' || event.key === 'Tab') onClose()
    else if (to !== undefined) buttons[to % buttons.length]?.focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div
      ref={list}
      id={id}
      class="menu"
      role="menu"
      aria-label={label}
      popover="manual"
      tabIndex={-1}
      onKeyDown={move}
    >
      {choices.map(({ name, icon, danger, checked, run }) => (
        <button
          key={name}
          type="button"
          role={checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
          {...(checked === undefined ? {} : { 'aria-checked': checked })}
          class={danger ? 'danger' : ''}
          tabIndex={-1}
          onClick={() => {
            onClose()
            run()
          }}
        >
          {icon && <Icon of={icon} />}
          <span dir="auto">{name}</span>
          {checked && <Icon of="check" />}
        </button>
      ))}
    </div>
  )
}
