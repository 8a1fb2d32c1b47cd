/** A stand-in for Electron's distribution on Linux: its files by name, empty but for the fuses, so that packaging can be tried offline. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FUSE_MARK, FUSES_AS_SHIPPED } from './fuses.ts'

/** Writes it into `folder`, which is made. */
export function writeStandInElectron(folder: string, version: string): void {
  for (const sub of ['locales', 'resources']) mkdirSync(join(folder, sub), { recursive: true })
  const program = Buffer.concat([Buffer.from(`#!/bin/false\n${FUSE_MARK}`), Buffer.from([1, FUSES_AS_SHIPPED.length]), Buffer.from(FUSES_AS_SHIPPED)])
  writeFileSync(join(folder, 'electron'), program, { mode: 0o755 })
  writeFileSync(join(folder, 'version'), version)
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'icudtl.dat', 'locales/en-US.pak', 'locales/zh-CN.pak', 'locales/de.pak']) writeFileSync(join(folder, name), '')
}
