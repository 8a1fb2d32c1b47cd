/** What the host says of formats, imports, exports and checks, as `problems.ts` has it. */
import type { Sentence } from './problems.ts'
import { REASONS } from './reasons.ts'

const OPTIONS: readonly Sentence[] = [
  { said: 'How masks are written; drawn polygons stay polygons in any case.', 'zh-CN': '掩码的写法；绘制的多边形始终是多边形。' },
  { said: 'Ids of categories, images and annotations: those of the imported file where there are any, or 1, 2, 3, ...', 'zh-CN': '类别、图像和标注的编号：有导入文件时沿用其编号，或为 1、2、3……' },
  { said: 'What becomes of the pictures where a folder is written; a single file has none.', 'zh-CN': '写为文件夹时如何处理图像；单个文件不含图像。' },
  { said: 'What becomes of the pictures.', 'zh-CN': '如何处理图像。' },
  { said: 'Those of the imported file where there are any, or 0, 1, 2, ...', 'zh-CN': '有导入文件时沿用其编号，或为 0、1、2……' },
  { said: 'Of pictures: those of the imported tasks where there are any, or all in a local storage at the exported folder.', 'zh-CN': '图像的地址：有导入任务时沿用其地址，或全部在以导出文件夹为根的本地存储中。' },
  { said: 'A PNG for each object, for each label of an image, or for each image with the numbers of labels as pixels.', 'zh-CN': '每个对象、每张图像的每个标签，或每张图像（像素为标签编号）一个 PNG。' },
  { said: 'Masks as SegmentationClass and SegmentationObject, or boxes and drawn polygons only.', 'zh-CN': '掩码写为 SegmentationClass 和 SegmentationObject，或只写框和绘制的多边形。' },
  { said: 'Width in pixels of a border around masks that belongs to nobody (255), as VOC itself has it.', 'zh-CN': '掩码周围不属于任何对象（255）的边界宽度（像素），同 VOC 原样。' },
  { said: 'What lines hold; auto: outlines where there are any, else boxes.', 'zh-CN': '每行的内容；自动：有轮廓时写轮廓，否则写框。' },
  { said: 'Holes and parts: joined by bridges of no width, a line for each part, or left out and listed.', 'zh-CN': '孔洞和部分：以零宽度的桥相连、每部分一行，或略去并列出。' },
  { said: '0..N-1 in label order, or those of the imported dataset.', 'zh-CN': '按标签顺序 0..N-1，或沿用导入数据集的编号。' },
  { said: 'Folders of the images stay, or become part of their names.', 'zh-CN': '图像的文件夹保留，或并入其名称。' },
  { said: 'Whose records they are.', 'zh-CN': '记录采用谁的样式。' },
  { said: "Qwen2-VL's own box tokens with thousandths, or lists of values from 0 to 1.", 'zh-CN': 'Qwen2-VL 自己的框词元（千分之一），或 0 到 1 的数值列表。' },
  { said: 'Draws the 9 x 9 grid on the copied pictures.', 'zh-CN': '在复制的图像上画 9 × 9 网格。' },
  { said: 'Questions about labels that are not on the image: as many as there are others, none, or all.', 'zh-CN': '关于图像上没有的标签的问题：与其他一样多、无，或全部。' },
  { said: 'Of a task that several people annotated: the ground truth or else the newest, or all of them.', 'zh-CN': '多人标注的任务：取真值，否则取最新；或全部。' },
  { said: "Models' predictions come in as proposals: those of tasks that nobody annotated, all, or none.", 'zh-CN': '模型的预测作为提议导入：无人标注的任务的、全部，或无。' },
  { said: 'What the numbers in masks stand for where no table says it.', 'zh-CN': '没有表格说明时，掩码中的数字代表什么。' },
  { said: 'Whether the first pixel is 1, as in VOC itself, or 0, as some tools write it; auto: 0 where a box begins at 0.', 'zh-CN': '首个像素是 1（同 VOC 原样）还是 0（同某些工具）；自动：有框从 0 开始时为 0。' },
  { said: 'What the label files hold: boxes, outlines, rotated boxes or keypoints.', 'zh-CN': '标签文件的内容：框、轮廓、旋转框或关键点。' },
  { said: 'What numbers without box tokens are: thousandths or shares of the image, or pixels.', 'zh-CN': '没有框词元的数字是什么：千分之一、图像的比例，或像素。' },
]

const EXPORTS: readonly Sentence[] = [
  { said: 'There is nothing to export: no object fits the chosen states and labels. Confirm to write an empty export.', en: 'There is nothing to export: no object is of the chosen labels, or all of them are proposals.', 'zh-CN': '没有可导出的内容：没有对象属于所选标签，或全部只是提议。' },
  { said: 'Only {written} of {asked} objects can be written in this format ({why}). Confirm to export without the others.', en: 'Only {written} of {asked} objects can be written in this format ({why}).', 'zh-CN': '此格式只能写入 {asked} 个对象中的 {written} 个（{why}）。' },
]

const IMPORTS: readonly Sentence[] = [
  { said: '{place} holds no annotations in a format Marquee knows ({formats}). Name the folder or file they are in, or the format.', en: '{place} holds no annotations in a format Marquee knows ({formats}). Choose the folder or file they are in.', 'zh-CN': '{place} 中没有 Marquee 认识的格式（{formats}）的标注。请选择标注所在的文件夹或文件。' },
  { said: 'This can be read as more than one format: {list}.', 'zh-CN': '可以读作多种格式：{list}。' },
  { said: '{file} is written in UTF-16. Save it as UTF-8 and import again.', 'zh-CN': '{file} 采用 UTF-16 编码。请另存为 UTF-8 后重新导入。' },
  { said: "{file} can't be unpacked: {why}. {advice}.", 'zh-CN': '无法解压 {file}：{why}。{advice}。' },
  { said: 'There is no room to unpack {file}: the disk is full. Make room and import again. Nothing of it was kept.', 'zh-CN': '没有空间解压 {file}：磁盘已满。请腾出空间后重新导入。未保留任何内容。' },
  { said: 'it is cut off, or no zip archive', 'zh-CN': '文件被截断，或不是 zip 压缩包' },
  { said: 'Copy or download it again', 'zh-CN': '请重新复制或下载' },
  { said: 'Unpack it by hand and import the folder', 'zh-CN': '请手动解压后导入文件夹' },
  { said: 'it has no label', 'zh-CN': '没有标签' },
  { said: 'its box is no place on an image', 'zh-CN': '其框不在图像上' },
  { said: 'An import is still being read. Wait until that is done or stop it, then open the other project.', 'zh-CN': '导入仍在进行。请等待完成或停止后，再打开其他项目。' },
]

const CHECKS: readonly Sentence[] = [
  { said: 'its box has no area', 'zh-CN': '其框没有面积' },
  { said: 'its mask or outline covers no pixel of the image', 'zh-CN': '其掩码或轮廓没有覆盖图像的任何像素' },
  { said: 'its box reaches {count} pixels over the border', 'zh-CN': '其框超出边界 {count} 像素' },
  { said: '{count} pixels lie apart in specks', 'zh-CN': '有 {count} 个像素散落为碎点' },
  { said: 'its outline crosses itself; tools fill it differently', 'zh-CN': '其轮廓自相交；不同工具填充的方式不同' },
  { said: 'two objects of one label overlap by {iou}', 'zh-CN': '同一标签的两个对象重叠 {iou}' },
  { said: 'its area is {ratio} the median of its label ({median} pixels)', 'zh-CN': '其面积与标签的中位数（{median} 像素）相比：{ratio}' },
  { said: '"{one}" and "{other}" are nearly the same: merge them if they mean the same', 'zh-CN': '“{one}”与“{other}”几乎相同：如果含义相同，请合并' },
  { said: 'The project is still being checked. Wait until that is done or stop it, then open the other project.', 'zh-CN': '仍在检查项目。请等待完成或停止后，再打开其他项目。' },
]

export const DATASET_SENTENCES: readonly Sentence[] = [...OPTIONS, ...EXPORTS, ...IMPORTS, ...CHECKS, ...REASONS]
