/** Places where results will go are looked at before the work, not after hours of it. */
import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { AppError } from '../shared/errors.ts'

const statOf = (path: string) => statSync(path, { throwIfNoEntry: false })

/** `example` names a file of the wanted kind. @throws AppError invalid-argument (it is a folder), read-only */
export function requireFilePlace(option: string, path: string, example: string): void {
  if (statIfReachable(option, path)?.isDirectory())
    throw new AppError('invalid-argument', `${option} "${path}" is a folder. Name a file, e.g. "${join(path, example)}".`)
  requireWritable(option, path, dirname(resolve(path)))
}

/** @throws AppError invalid-argument (it is a file), read-only */
export function requireFolderPlace(option: string, path: string): void {
  if (statIfReachable(option, path)?.isDirectory() === false) throw new AppError('invalid-argument', `${option} "${path}" is a file. Name a folder.`)
  requireWritable(option, path, resolve(path))
}

function statIfReachable(option: string, path: string) {
  try {
    return statOf(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') throw new AppError('invalid-argument', `${option} "${path}" leads through a file. Name a place in a folder.`)
    throw unwritable(option, path)
  }
}

/** The nearest folder there is must take new files; those below it are made later. */
function requireWritable(option: string, path: string, folder: string): void {
  let existing = folder
  while (!statOf(existing) && dirname(existing) !== existing) existing = dirname(existing)
  if (!statOf(existing)?.isDirectory()) throw new AppError('invalid-argument', `${option} "${path}" leads through a file. Name a place in a folder.`)
  try {
    accessSync(existing, constants.W_OK)
  } catch {
    throw unwritable(option, path)
  }
}

function unwritable(option: string, path: string): AppError {
  return new AppError('read-only', `${option} "${path}" can't be written there. Choose a folder that is yours.`)
}

/** Without links and dots, also where its end is not there yet. */
function realPath(path: string): string {
  const absolute = resolve(path)
  try {
    return realpathSync(absolute)
  } catch {
    const above = dirname(absolute)
    return above === absolute ? absolute : join(realPath(above), basename(absolute))
  }
}

export function isSamePlace(a: string, b: string): boolean {
  return realPath(a) === realPath(b)
}

/** Overlays among the pictures would overwrite some, and be read as pictures at the next start. @throws AppError invalid-argument */
export function requireOutsideInputs(overlays: string, inputs: readonly string[]): void {
  const place = realPath(overlays)
  for (const input of inputs) {
    const isFolder = statOf(input)?.isDirectory() === true
    const folder = isFolder ? realPath(input) : dirname(realPath(input))
    if (place !== folder && !(isFolder && place.startsWith(folder.endsWith(sep) ? folder : folder + sep))) continue
    throw new AppError('invalid-argument', `--overlays "${overlays}" lies among the pictures that are read: the next start would take its files for pictures. Name a folder outside.`)
  }
}
