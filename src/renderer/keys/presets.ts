/** Keys that hands know from other tools; what a preset does not name keeps Marquee's own. */

export const PRESET_NAMES = ['marquee', 'labelme', 'cvat'] as const
export type PresetName = (typeof PRESET_NAMES)[number]

/** What a plain turn of the mouse wheel does; with Ctrl, as a pinch on a trackpad comes, it always zooms. */
export const WHEELS = ['scroll', 'zoom'] as const
export type Wheel = (typeof WHEELS)[number]

/** labelme `canvas.py`: Ctrl+wheel zooms, the wheel scrolls; CVAT `canvasView.ts`: the wheel zooms. */
export const WHEEL_OF_PRESET: Readonly<Record<PresetName, Wheel>> = { marquee: 'scroll', labelme: 'scroll', cvat: 'zoom' }

export type Bindings = Readonly<Record<string, readonly string[]>>

/**
 * labelme 7.1 `default_config.yaml` (Ctrl+R, Ctrl+N, Ctrl+J), X-AnyLabeling 4 `xanylabeling_config.yaml` (R, P, I, F, S);
 * CVAT `navbar.md`, `settings.md`: F next, D previous, N draws again, T H hides all, H hides one, Ctrl+B propagates.
 */
export const PRESETS: Readonly<Record<PresetName, Bindings>> = {
  marquee: {},
  labelme: {
    'tool.box': ['r', 'mod+r'],
    'tool.polygon': ['p', 'mod+n'],
    'tool.select': ['v', 'mod+j'],
    'tool.brush': ['shift+b'],
    'tool.eraser': ['shift+e'],
    'review.acceptAll': ['enter', 'f'],
    'run.mark': ['i', 'mod+enter'],
    'object.hide': ['s'],
    'window.adjust': ['shift+i'],
    'view.toggleAll': ['t', 'mod+h'],
    'window.settings': ['mod+,', 'f2'],
  },
  cvat: {
    'image.next': ['f'],
    'image.previous': ['d'],
    'tool.box': ['n', 'r'],
    'edit.copyToNext': ['mod+b'],
    'run.folder': ['mod+shift+b'],
    'window.settings': ['mod+,', 'f2'],
  },
}
