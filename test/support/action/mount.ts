import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether this user may mount. */
export function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'easel-mount-'))
  try {
    mountMemory(folder, 'size=8k')[Symbol.dispose]()
    return true
  } catch {
    return false
  } finally {
    rmdirSync(folder)
  }
}

/**
 * A file system of its own, in memory.
 *
 * @param options  such as `size=8m`
 */
export function mountMemory(folder: string, options: string): Disposable {
  return mount(['-t', 'tmpfs', '-o', options, 'tmpfs'], folder)
}

/** Mounts a file on itself: it can't be removed then. */
export function pin(file: string): Disposable {
  return mount(['--bind', file], file)
}

/** Changes the options of what is mounted. */
export function remount(folder: string, options: string): void {
  execFileSync('mount', ['-o', `remount,${options}`, folder])
}

function mount(args: readonly string[], place: string): Disposable {
  execFileSync('mount', [...args, place], { stdio: 'ignore' })
  return { [Symbol.dispose]: () => execFileSync('umount', [place]) }
}
