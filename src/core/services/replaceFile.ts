import { randomUUID } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'

/** Puts a small file in place whole or not at all; whoever reads it meanwhile has the one before. The folder must be there. */
export async function replaceFile(file: string, data: string | Uint8Array): Promise<void> {
  const part = `${file}.${randomUUID()}.part`
  await writeFile(part, data)
  await rename(part, file)
}
