type Dropped = { files: readonly File[]; folders: readonly string[] }

export const hasFiles = (moved: DataTransfer | null): moved is DataTransfer =>
  moved?.types.includes('Files') ?? false

/** What was dropped. Folders are listed by name: the browser gives each as a file that cannot be read. */
export function droppedFrom(moved: DataTransfer): Dropped {
  const files: File[] = []
  const folders: string[] = []
  for (const item of moved.items) {
    if (item.kind !== 'file') continue
    const entry = item.webkitGetAsEntry?.()
    const file = item.getAsFile()
    if (entry?.isDirectory) folders.push(entry.name)
    else if (file) files.push(file)
  }
  return { files, folders }
}

/** Pasted files; none where a program offers its text as a picture too, as spreadsheets do. */
export function pastedFrom(moved: DataTransfer | null): readonly File[] {
  if (!hasFiles(moved)) return []
  const isText = moved.types.includes('text/plain') && moved.types.includes('text/html')
  return isText ? [] : [...moved.files]
}
