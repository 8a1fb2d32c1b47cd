export { CanvasStage } from './CanvasStage.tsx'
