/** Every step from an empty file to the present format, in order. A released step is never changed: add the next one. */
import type { Migration } from '../migrate.ts'
import { project } from './001-project.ts'
import { runItemsByImage } from './002-run-items-by-image.ts'
import { imports } from './003-imports.ts'
import { sharedObjects } from './004-shared-objects.ts'
import { provenanceIndex } from './005-provenance-index.ts'
import { removedImages } from './006-removed-images.ts'
import { namesOfImages } from './007-names-of-images.ts'

export const MIGRATIONS: readonly Migration[] = [project, runItemsByImage, imports, sharedObjects, provenanceIndex, removedImages, namesOfImages]
