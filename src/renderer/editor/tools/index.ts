import type { Editor } from '../editorTypes.ts'
import type { ToolName } from '../state.ts'
import { BoxTool } from './box.ts'
import { BrushTool } from './brush.ts'
import { PointsTool } from './points.ts'
import { PolygonTool } from './polygon.ts'
import { SelectTool } from './select.ts'
import type { Tool } from './tool.ts'

export function createTools(editor: Editor): Readonly<Record<ToolName, Tool>> {
  return {
    select: new SelectTool(editor),
    box: new BoxTool(editor),
    polygon: new PolygonTool(editor),
    brush: new BrushTool(editor, 'brush'),
    eraser: new BrushTool(editor, 'eraser'),
    points: new PointsTool(editor),
  }
}
