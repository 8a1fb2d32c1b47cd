/** Which tool is in hand. */
import { action } from './action.ts'

export const toolActions = [
  action('tool.select', ['v'], (editor) => editor.setTool('select')),
  action('tool.box', ['r'], (editor) => editor.setTool('box')),
  action('tool.polygon', ['p'], (editor) => editor.setTool('polygon')),
  action('tool.brush', ['b'], (editor) => editor.setTool('brush')),
  action('tool.eraser', ['e'], (editor) => editor.setTool('eraser')),
  action('tool.points', ['q'], (editor) => editor.setTool('points')),
]
