/** Draws build/icon.png, from which electron-builder makes the icons of all systems: a dashed box around a disc. */
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="1024" height="1024" viewBox="0 0 32 32">
  <rect x="2" y="2" width="28" height="28" rx="6" fill="#14171c"/>
  <circle cx="16" cy="16" r="6.5" fill="#4c9ffe" fill-opacity=".75"/>
  <rect x="7.5" y="7.5" width="17" height="17" fill="none" stroke="#ffffff" stroke-width="1.6" stroke-dasharray="3.4 2.27" stroke-dashoffset="1.7"/>
</svg>`

await sharp(Buffer.from(SVG)).png().toFile(fileURLToPath(new URL('./icon.png', import.meta.url)))
