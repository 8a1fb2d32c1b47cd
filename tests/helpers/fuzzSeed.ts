/**
 * Property tests try the same inputs on every run, so that a red run is the change's doing. FUZZ_SEED=random (or a number)
 * tries others; fast-check prints the seed of what it finds.
 */
import fc from 'fast-check'

const seed = process.env['FUZZ_SEED']

if (seed !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed ?? 1) })
