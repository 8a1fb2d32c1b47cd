/** Why readers leave records out or take them otherwise, by format, as `reasons.ts` has it. */
import type { Pair } from './problems.ts'

const COCO: readonly Pair[] = [
  ['lists panoptic segments: import the file as coco-panoptic', '列出的是全景分割段：请将文件作为 coco-panoptic 导入'],
  ['holds panoptic segments: import the folder as coco-panoptic to read it', '含有全景分割段：请将文件夹作为 coco-panoptic 导入'],
  ['{count} of {all} boxes reach out of their images and would lie inside as corners [x0, y0, x1, y1]; they were read as COCO has them, [x, y, width, height]', '{all} 个框中有 {count} 个超出图像，若为角点 [x0, y0, x1, y1] 则在图像之内；已按 COCO 的 [x, y, 宽, 高] 读取'],
  ['is {count} bytes large, which no annotation is', '有 {count} 字节，不可能是标注'],
  ['its id {id} is another image\'s; it has the id {number}', '其编号 {id} 属于另一张图像；现编号为 {number}'],
  ['has neither a file_name nor a URL', '既没有 file_name 也没有网址'],
  ['has no id; no annotation can name it', '没有编号；没有标注能指向它'],
  ['has the file_name of another image, {path}; both came in as one image', '与另一张图像的 file_name 相同：{path}；两者作为一张图像导入'],
  ['has no id', '没有编号'],
  ['is declared twice; the first one holds', '声明了两次；以第一次为准'],
  ['is not declared; its objects have the label "{name}"', '未声明；其对象的标签为“{name}”'],
  ['has no name; its label is "{name}"', '没有名称；其标签为“{name}”'],
  ['has the name of another category, "{name}"; its label is "{label}"', '与另一类别同名：“{name}”；其标签为“{label}”'],
  ['has no list of segments', '没有分割段的列表'],
  ['its PNG shows {count} segments that are not listed ({numbers})', '其 PNG 中有 {count} 个未列出的分割段（{numbers}）'],
  ['has no pixel of its own in the PNG', '在 PNG 中没有自己的像素'],
  ['its PNG {name}was not found in {folder}/ or beside the JSON file', '在 {folder}/ 中或 JSON 文件旁没有找到其 PNG {name}'],
  ['has no mask, and a panoptic map holds nothing else', '没有掩码，而全景图只含掩码'],
  ['lies wholly under other objects', '完全位于其他对象之下'],
]

const YOLO: readonly Pair[] = [
  ['two classes are called "{name}"; class {id} is called "{label}"', '两个类别都称为“{name}”；类别 {id} 称为“{label}”'],
  ['class {id} has no name', '类别 {id} 没有名称'],
  ['it is nested more than {count} times', '嵌套超过 {count} 层'],
  ['it is no list of keys and values', '不是键与值的列表'],
  ['is not [number of points, 2 or 3] and was not used', '不是 [点数, 2 或 3]，未使用'],
  ['is neither a list nor numbers with names', '既不是列表也不是编号与名称'],
  ['the dataset has no file "{path}": classes are called by their numbers', '数据集中没有文件“{path}”：类别以编号称呼'],
  ['"{text}" is a name, where the number of a class is expected: 0 for the first', '“{text}”是名称；此处应为类别编号：第一个为 0'],
  ['an odd number of coordinates ({count}), and the last is no confidence', '坐标数为奇数（{count}），且最后一个不是置信度'],
  ['its keypoints were left out, for it was changed since they came', '其关键点已略去：导入之后对象被更改'],
  ['its keypoints were left out; task=pose keeps them', '其关键点已略去；task=pose 会保留'],
  ['its keypoints were left out, for others have another number of points', '其关键点已略去：其他对象的点数不同'],
  ['the keypoints of {count} objects were left out, for others have outlines', '{count} 个对象的关键点已略去：其他对象有轮廓'],
  ['objects without keypoints got keypoints that are not there (0 0)', '没有关键点的对象写入了不存在的关键点（0 0）'],
]

const VOC: readonly Pair[] = [
  ['has no <annotation> and is not Pascal VOC', '没有 <annotation>，不是 Pascal VOC'],
  ['some bytes are not of the file\'s encoding; names may be wrong', '部分字节不符合文件的编码；名称可能有误'],
  ['"{line}" is no "name:red,green,blue:parts:actions"', '“{line}”不是“名称:红,绿,蓝:部分:动作”'],
  ['the label "{name}" is there twice', '标签“{name}”出现了两次'],
  ['its name "{name}" holds bytes that are not of the file\'s encoding; save the file as UTF-8', '其名称“{name}”含有不符合文件编码的字节；请将文件另存为 UTF-8'],
  ['its <bndbox> has no <{corner}>', '其 <bndbox> 没有 <{corner}>'],
  ['its <polygon> needs at least 3 points, each with x and y', '其 <polygon> 需要至少 3 个点，每个都有 x 和 y'],
  ['the pixels of "{label}" can\'t be divided among its objects without SegmentationObject; their boxes are there', '没有 SegmentationObject，无法把“{label}”的像素分给各个对象；其框已导入'],
  ['"{name}" is written percent-encoded; CVAT and datumaro do not know it from Annotations then. Rename the label for them', '“{name}”以百分号编码写入；CVAT 和 datumaro 因此无法与 Annotations 对应。请为它们重命名标签'],
]

const LABELME: readonly Pair[] = [
  ['is no shape', '不是形状'],
  ['is {label}: pixels for training to leave out, no object', '是 {label}：训练时忽略的像素，不是对象'],
  ['describes {path}, which {file} describes already', '描述的 {path} 已由 {file} 描述'],
  ['the file says {size} pixels, but {path} has {other}', '文件说明的尺寸为 {size} 像素，但 {path} 为 {other}'],
  ['{why}; points are taken as pixels of the picture', '{why}；点按图像的像素理解'],
  ['has the unknown kind {kind}', '类型 {kind} 未知'],
  ['is a rectangle of {count} points instead of 2', '是 {count} 个点的矩形，应为 2 个'],
  ['is a circle of {count} points instead of 2', '是 {count} 个点的圆，应为 2 个'],
  ['is a mask with {count} points instead of the 2 corners of its box', '是有 {count} 个点的掩码，应为其框的 2 个角点'],
  ['is a mask whose picture can\'t be read', '是无法读取其图片的掩码'],
]

const LABEL_STUDIO: readonly Pair[] = [
  ['is a brush stroke whose run lengths are missing or too many', '是画笔笔画，其游程缺失或过多'],
  ['is a brush stroke of {count} values, but {size} pixels have {all}', '是 {count} 个值的画笔笔画，但 {size} 像素应有 {all} 个'],
  ['is a brush stroke that is not in bytes', '是并非以字节存储的画笔笔画'],
  ['is a brush stroke whose run lengths are cut off or no bytes', '是画笔笔画，其游程被截断或不是字节'],
  ['is a brush stroke on a picture of {size} pixels, but this one has {other}', '是 {size} 像素图像上的画笔笔画，但此图像为 {other}'],
  ['names no picture', '没有指明图像'],
  ['{path} is there twice; the first task came in', '{path} 出现两次；已导入第一个任务'],
  ['{path} was not found, and no region says how large it is', '没有找到 {path}，也没有区域说明其尺寸'],
  ['of {count} annotations {why} came in; another one stays out', '{count} 个标注中导入了{why}；另一个不导入'],
  ['the ground truth', '真值标注'],
  ['the newest', '最新的标注'],
  ['has entries that are no results', '含有不是结果的条目'],
  ['was drawn on {size} pixels, but {path} has {other}; percentages are taken of the picture', '在 {size} 像素上绘制，但 {path} 为 {other}；百分比按图像计算'],
  ['was drawn on a picture turned in Label Studio; turn it back there and export again', '在 Label Studio 中旋转过的图像上绘制；请在那里转回后重新导出'],
  ['has the kind {kind}, which is not read', '类型为 {kind}，不读取'],
]

const CVAT: readonly Pair[] = [
  ['is a track of "CVAT for video". Export the task from CVAT as "CVAT for images 1.1" instead', '是“CVAT for video”的轨迹。请从 CVAT 以“CVAT for images 1.1”导出任务'],
  ['has no name', '没有名称'],
  ['{path} is there twice; the first one came in', '{path} 出现两次；已导入第一个'],
  ['the file says {size} pixels, but the picture has {other}', '文件说明的尺寸为 {size} 像素，但图像为 {other}'],
  ['{why}; numbers are taken as pixels of the picture', '{why}；数值按图像的像素理解'],
  ['has the unknown kind <{tag}>', '类型 <{tag}> 未知'],
  ['is a mask without left, top, width and height in whole pixels', '是没有整数 left、top、width 和 height 的掩码'],
  ['is a mask whose run lengths are no numbers', '是游程不是数值的掩码'],
  ['is a mask whose run lengths add up to {count}, but {size} is {all} pixels', '是游程总和为 {count} 的掩码，但 {size} 应为 {all} 像素'],
]

const CSV_AND_MASKS: readonly Pair[] = [
  ['its run lengths are out of order', '其游程次序混乱'],
  ['its run lengths are longer than the image', '其游程超出图像'],
  ['its box has less than four numbers', '其框不足四个数值'],
  ['its bbox has not four numbers: [x, y, width, height]', '其 bbox 不是四个数值：[x, y, 宽, 高]'],
  ['its polygon is no list of rings [[x, y, x, y, x, y, ...], ...]', '其多边形不是环的列表 [[x, y, x, y, x, y, ...], ...]'],
  ['its mask is in a file of its own', '其掩码在单独的文件中'],
  ['its mask {path} is empty', '其掩码 {path} 为空'],
  ['{size} pixels are too many for a picture of its masks', '{size} 像素过多，无法制作其掩码的图片'],
]

const QWEN: readonly Pair[] = [
  ['it has not 4 numbers', '没有 4 个数值'],
  ['the record has no box for it', '记录中没有它的框'],
  ['it is no list of conversations', '不是对话的列表'],
  ['is longer than {count} bytes', '超过 {count} 字节'],
  ['the grid could not be drawn on the image: {reason}', '无法在图像上绘制网格：{reason}'],
  ['a coordinate is not a number', '坐标不是数值'],
  ['its numbers are larger than 1000: read it again with --option scale=pixels if they are pixels', '其数值大于 1000：如果是像素，请用选项 scale=pixels 重新读取'],
  ['it is far outside the image ({size} is its far corner)', '远在图像之外（图像的远角为 {size}）'],
  ['is about several images, and which one a box is on is not told', '涉及多张图像，未说明框在哪一张上'],
  ['the image {path} was not found, and without its size the boxes have no meaning', '没有找到图像 {path}，没有其尺寸，框就没有意义'],
  ['the image is in several parts; the first holds', '图像属于多个部分；以第一个为准'],
  ['it can not be asked for', '无法询问'],
]

export const READER_REASONS: readonly Pair[] = [...COCO, ...YOLO, ...VOC, ...LABELME, ...LABEL_STUDIO, ...CVAT, ...CSV_AND_MASKS, ...QWEN]
