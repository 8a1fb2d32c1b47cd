/** The smallest datasets of every format, told what to say. */
import { encode } from 'fast-png'
import type { FileContents } from './datasets.ts'

const WIDTH = 20
const HEIGHT = 10
export const PICTURE = encode({ width: WIDTH, height: HEIGHT, channels: 1, data: new Uint8Array(WIDTH * HEIGHT) })

const json = (text: string): string => JSON.stringify(text)
const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll('\0', '')
const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`

/** What a record of the format is told; all of it untrusted. */
interface Claim {
  readonly path: string
  readonly width: string
  readonly height: string
  /** x0, y0, x1, y1 or what the format has in their place. */
  readonly box: readonly [string, string, string, string]
  readonly label: string
}
export const PLAIN: Claim = { path: 'a.png', width: '20', height: '10', box: ['2', '3', '6', '8'], label: 'cat' }

/** The smallest dataset of each format that says a claim; `file` is where. */
interface Small {
  readonly file: string
  readonly files: (claim: Claim) => FileContents
}

export const SMALL_FILES: Readonly<Record<string, Small>> = {
  coco: {
    file: 'instances.json',
    files: ({ path, width, height, box: [x0, y0, x1, y1], label }) => ({
      'instances.json': `{"images":[{"id":1,"file_name":${json(path)},"width":${width},"height":${height}}],"categories":[{"id":1,"name":${json(label)}}],
        "annotations":[{"id":1,"image_id":1,"category_id":1,"iscrowd":0,"area":20,"bbox":[${x0},${y0},${x1},${y1}],"segmentation":[[${x0},${y0},${x1},${y0},${x1},${y1}]]}]}`,
    }),
  },
  'coco-results': {
    file: 'results.json',
    files: ({ path, width, height, box, label }) => ({
      'results.json': `[{"image_id":1,"category_id":1,"score":0.5,"bbox":[${box.join(',')}]}]`,
      'image_info.json': `{"images":[{"id":1,"file_name":${json(path)},"width":${width},"height":${height}}],"categories":[{"id":1,"name":${json(label)}}]}`,
    }),
  },
  'coco-panoptic': {
    file: 'panoptic.json',
    files: ({ path, width, height, box, label }) => ({
      'panoptic.json': `{"images":[{"id":1,"file_name":${json(path)},"width":${width},"height":${height}}],"categories":[{"id":1,"name":${json(label)},"isthing":1}],
        "annotations":[{"image_id":1,"file_name":${json(path)},"segments_info":[{"id":460551,"category_id":1,"iscrowd":0,"area":20,"bbox":[${box.join(',')}]}]}]}`,
      'panoptic/a.png': encode({ width: WIDTH, height: HEIGHT, channels: 3, data: new Uint8Array(WIDTH * HEIGHT * 3).fill(7) }),
    }),
  },
  csv: {
    file: 'objects.csv',
    files: ({ path, width, height, box: [x0, y0, x1, y1], label }) => ({
      'objects.csv': `filename,width,height,class,xmin,ymin,xmax,ymax\n${cell(path)},${width},${height},${cell(label)},${x0},${y0},${x1},${y1}\n`,
    }),
  },
  cvat: {
    file: 'annotations.xml',
    files: ({ path, width, height, box: [x0, y0, x1, y1], label }) => ({
      'annotations.xml': `<?xml version="1.0"?><annotations><version>1.1</version><image id="0" name="${xml(path)}" width="${width}" height="${height}">
        <box label="${xml(label)}" xtl="${x0}" ytl="${y0}" xbr="${x1}" ybr="${y1}" occluded="0" z_order="0"/></image></annotations>`,
    }),
  },
  labelme: {
    file: 'a.json',
    files: ({ path, width, height, box: [x0, y0, x1, y1], label }) => ({
      'a.json': `{"version":"5.0.1","flags":{},"shapes":[{"label":${json(label)},"points":[[${x0},${y0}],[${x1},${y1}]],"shape_type":"rectangle","flags":{}}],
        "imagePath":${json(path)},"imageData":null,"imageWidth":${width},"imageHeight":${height}}`,
    }),
  },
  'label-studio': {
    file: 'tasks.json',
    files: ({ path, width, height, box: [x, y, w, h], label }) => ({
      'tasks.json': `[{"id":1,"data":{"image":${json(path)}},"annotations":[{"id":1,"result":[{"id":"r","type":"rectanglelabels","from_name":"l","to_name":"i",
        "original_width":${width},"original_height":${height},"image_rotation":0,"value":{"x":${x},"y":${y},"width":${w},"height":${h},"rotation":0,"rectanglelabels":[${json(label)}]}}]}]}]`,
    }),
  },
  masks: {
    file: 'images.csv',
    files: ({ path, width, height, label }) => ({
      'images.csv': `image,width,height,split\n${cell(path)},${width},${height},\n`,
      'labels.csv': `number,label,color,folder\n1,${cell(label)},#ff0000,\n`,
      'masks/a.png': encode({ width: WIDTH, height: HEIGHT, channels: 1, data: new Uint8Array(WIDTH * HEIGHT).fill(1) }),
    }),
  },
  voc: {
    file: 'Annotations/a.xml',
    files: ({ path, width, height, box: [x0, y0, x1, y1], label }) => ({
      'Annotations/a.xml': `<annotation><filename>${xml(path)}</filename><size><width>${width}</width><height>${height}</height><depth>3</depth></size>
        <object><name>${xml(label)}</name><bndbox><xmin>${x0}</xmin><ymin>${y0}</ymin><xmax>${x1}</xmax><ymax>${y1}</ymax></bndbox></object></annotation>`,
    }),
  },
  yolo: {
    file: 'labels/a.txt',
    files: ({ path, box, label }) => ({
      'data.yaml': `train: train.txt\nnames: [${json(label)}]\n`,
      'train.txt': `${path.replaceAll('\n', '')}\n./images/a.png\n`,
      'labels/a.txt': `0 ${box.map((value) => (/^\d$/.test(value) ? `0.${value}` : value)).join(' ')}\n`,
      'images/a.png': PICTURE,
    }),
  },
  'qwen-vl': {
    file: 'train.jsonl',
    files: ({ path, box, label }) => ({
      'train.jsonl': `{"messages":[{"role":"user","content":${json(`<image>Find all <|object_ref_start|>${label}<|object_ref_end|>`)}},{"role":"assistant","content":"<|box_start|>(${box[0]},${box[1]}),(${box[2]},${box[3]})<|box_end|>"}],"images":[${json(path)}]}\n`,
    }),
  },
}
