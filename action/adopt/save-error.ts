import { isErrno } from '../files/safe-path.ts'

/** An image can't be written to its path. The message says why and, if the image was paid for, where it is. */
export class SaveError extends Error {
  override readonly name = 'SaveError'
  /** Where the image is instead. */
  readonly rescuedTo: string | undefined

  constructor(message: string, rescuedTo?: string, cause?: unknown) {
    super(message, { cause })
    this.rescuedTo = rescuedTo
  }
}

/** Whether nothing else can be written either. */
export function isDiskProblem(error: unknown): boolean {
  if (isErrno(error, 'ENOSPC', 'EDQUOT', 'EROFS')) return true
  return error instanceof Error && error.cause !== undefined && isDiskProblem(error.cause)
}

/** A system error as the end of a sentence. */
export function systemErrorText(error: unknown): string {
  if (isErrno(error, 'ENOSPC', 'EDQUOT')) return 'the disk is full.'
  if (isErrno(error, 'EACCES', 'EPERM')) return 'permission denied.'
  if (isErrno(error, 'EROFS')) return 'the file system is read-only.'
  if (isErrno(error, 'ENOTDIR', 'EEXIST')) return 'one of its folders is a file.'
  if (isErrno(error, 'EISDIR')) return 'it is a folder.'
  if (isErrno(error, 'EMFILE', 'ENFILE')) return 'too many files are open; lower the concurrency.'
  if (isErrno(error, 'ENAMETOOLONG')) return 'its name is too long.'
  return error instanceof Error ? `${error.message}.` : `${String(error)}.`
}
