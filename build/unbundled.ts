/** Natives, and what loads files of its own: they stay packages in a build. All else becomes part of the built files. */
export const UNBUNDLED = ['better-sqlite3', 'onnxruntime-node', 'sharp', '@opencvjs/node']
