/**
 * What the host and the editor say went wrong, in the window's languages. The host speaks English, as terminals and logs
 * need one language; its sentences are known here by their fixed parts, and `{name}` stands for what differs.
 */
import { DATASET_SENTENCES } from './datasets.problems.ts'
import type { Language } from './index.ts'

export interface Sentence {
  /** As the host says it. */
  readonly said: string
  /** Where the window has other words for it than a terminal. */
  readonly en?: string
  readonly 'zh-CN': string
}

/** A sentence that the window says as the host does. */
export type Pair = readonly [said: string, chinese: string]

const IMAGES: readonly Sentence[] = [
  { said: '{file} is not there. It was moved, renamed or deleted: put it back or remove it from the project.', 'zh-CN': '{file} 不在了：它被移动、改名或删除。请放回原处，或从项目中移除。' },
  { said: 'No permission to read {file}. Change its permissions, then try again.', 'zh-CN': '没有读取 {file} 的权限。请更改其权限后重试。' },
  { said: "{file} can't be read ({reason}). Check the disk or network it is on, then try again.", 'zh-CN': '无法读取 {file}（{reason}）。请检查它所在的磁盘或网络后重试。' },
  { said: '{file} is empty (0 bytes). Copy it again from where it came from.', 'zh-CN': '{file} 是空文件（0 字节）。请重新从来源复制。' },
  { said: '{file} is not an image. {why} Marquee reads {formats}.', 'zh-CN': '{file} 不是图像。Marquee 可读取 {formats}。' },
  { said: "{file} is {format}, which Marquee can't read{detail}. Save it as PNG or TIFF and add that.", 'zh-CN': 'Marquee 无法读取 {file}（{format}{detail}）。请另存为 PNG 或 TIFF 再添加。' },
  { said: '{file} is {width} x {height} pixels ({mega}); the limit is {limit}. Scale it down or cut it into tiles.', 'zh-CN': '{file} 为 {width} × {height} 像素，超过上限。请缩小或切成小块。' },
  { said: '{file} is damaged ({reason}). Copy it again from where it came from, or repair it in an image editor.', 'zh-CN': '{file} 已损坏（{reason}）。请重新从来源复制，或用图像编辑器修复。' },
  { said: '{file} is cut short: its end is missing ({reason}). Copy it again from where it came from.', 'zh-CN': '{file} 不完整：缺少结尾（{reason}）。请重新从来源复制。' },
  { said: '{file} lies outside the folders Marquee may read. Start Marquee with the folder it is in.', 'zh-CN': '{file} 不在 Marquee 可读取的文件夹内。请用它所在的文件夹启动 Marquee。' },
  { said: '{path} leads to {real}, which is part of this scan already.', 'zh-CN': '{path} 指向 {real}，而后者已在本次读取之中。' },
  { said: 'There is no picture in {places}. Marquee reads {formats}.', 'zh-CN': '{places} 中没有图像。Marquee 可读取 {formats}。' },
  { said: 'This image was removed from the project. Show it again to change its objects.', 'zh-CN': '此图像已从项目中移除。请重新显示后再更改其对象。' },
  { said: 'This image is not in the project any more.', 'zh-CN': '此图像已不在项目中。' },
  { said: 'There is no file or folder "{path}". Check the path.', 'zh-CN': '没有文件或文件夹“{path}”。请检查路径。' },
  { said: 'score:{value} is not understood. Write score:<0.5 or score:>=0.8.', 'zh-CN': '无法理解 score:{value}。请写 score:<0.5 或 score:>=0.8。' },
  { said: 'state:{value} is not understood. Write state: with one of {states}.', 'zh-CN': '无法理解 state:{value}。state: 之后请写 {states} 之一。' },
]

const PROJECTS: readonly Sentence[] = [
  { said: '{path} lies outside {roots}. Start Marquee with that folder to work there.', 'zh-CN': '{path} 不在 {roots} 之内。如需在那里工作，请用该文件夹启动 Marquee。' },
  { said: '"{path}" is not a whole path. Begin it with {start}.', 'zh-CN': '“{path}”不是完整路径。请以 {start} 开头。' },
  { said: '{folder} is not there. Choose another folder.', 'zh-CN': '{folder} 不存在。请选择其他文件夹。' },
  { said: '{folder} is a file, not a folder. Choose another folder.', 'zh-CN': '{folder} 是文件，不是文件夹。请选择其他文件夹。' },
  { said: "{folder} can't be read ({reason}). Choose another folder.", 'zh-CN': '无法读取 {folder}（{reason}）。请选择其他文件夹。' },
  { said: '{path} is no project: their names end in .marquee.', 'zh-CN': '{path} 不是项目：项目文件名以 .marquee 结尾。' },
  { said: 'A folder is still being read. Wait until that is done or stop it, then open the other project.', 'zh-CN': '仍在读取文件夹。请等待完成或停止后，再打开其他项目。' },
  { said: 'The models are still looking at an image. Wait until that is done or stop it, then open the other project.', 'zh-CN': '模型仍在处理图像。请等待完成或停止后，再打开其他项目。' },
  { said: 'An export is still being written. Wait until that is done or stop it, then open the other project.', 'zh-CN': '导出仍在进行。请等待完成或停止后，再打开其他项目。' },
  { said: '"{name}" is being written by another program. Wait for it or close it, then try again. Nothing was changed.', 'zh-CN': '另一个程序正在写入“{name}”。请等待或关闭它后重试。没有任何更改。' },
  { said: '"{name}" could not be written: the disk is full or gone. Make room and try again. What was saved before is safe.', 'zh-CN': '无法写入“{name}”：磁盘已满或不可用。请腾出空间后重试。之前保存的内容是安全的。' },
  { said: '"{name}" may not be written here. Make the file and its folder writable, or work on a copy elsewhere.', 'zh-CN': '此处不允许写入“{name}”。请使文件及其文件夹可写，或在别处的副本上工作。' },
  { said: '"{name}" is damaged and was left as it is. {what}', 'zh-CN': '“{name}”已损坏，未作改动。请保留它，并打开之前的副本。' },
  { said: '"{name}" was made by a newer Marquee {formats}. Update Marquee to open it; nothing was changed.', 'zh-CN': '“{name}”由更新版本的 Marquee 创建。请更新 Marquee 后再打开；没有任何更改。' },
  { said: '"{name}" is not a Marquee project but another program\'s. Choose another file.', 'zh-CN': '“{name}”不是 Marquee 项目，而属于其他程序。请选择其他文件。' },
  { said: 'What was done last is not saved yet: {reason}', 'zh-CN': '最近的更改尚未保存：{reason}' },
  { said: 'There is a label "{name}" already.', 'zh-CN': '已有名为“{name}”的标签。' },
  { said: 'This annotation was changed meanwhile. Reload the image and make the change again.', 'zh-CN': '此标注期间已被更改。请重新载入图像后再改。' },
]

const EXPORTS: readonly Sentence[] = [
  { said: '{path} is a file. Name a folder to export into.', 'zh-CN': '{path} 是文件。请指定要导出到的文件夹。' },
  { said: '{place} holds other files ({files}). Name a new or empty folder to export into.', 'zh-CN': '{place} 中已有其他文件（{files}）。请指定新的或空的文件夹。' },
  { said: 'The disk is full; nothing was written to {path}. Free some space and export again.', 'zh-CN': '磁盘已满；没有写入 {path}。请腾出空间后再次导出。' },
  { said: "{path} can't be written to. Choose another place.", 'zh-CN': '无法写入 {path}。请选择其他位置。' },
  { said: 'Export to {path} failed: {reason}', 'zh-CN': '导出到 {path} 失败：{reason}' },
]

const MODELS: readonly Sentence[] = [
  { said: '{name} is not installed. Install it ({size}): marquee models install {id}', en: '{name} is not installed. Install it ({size}) under Run, Models.', 'zh-CN': '{name} 尚未安装。请在“运行 → 模型”中安装（{size}）。' },
  { said: '{name} needs {needed} in {folder}, and {free} are free. Free some space, or set MARQUEE_MODELS to a folder on a larger disk.', 'zh-CN': '{name} 需要 {needed}（{folder}），而可用空间为 {free}。请腾出空间，或将 MARQUEE_MODELS 设为更大磁盘上的文件夹。' },
  { said: 'The disk is full. Free some space and start again; what has arrived is kept.', 'zh-CN': '磁盘已满。请腾出空间后重新开始；已下载的部分会保留。' },
  { said: 'Download of {url} failed {tries} times: {reason}. Check the connection and start again; what has arrived is kept.', 'zh-CN': '下载 {url} 失败 {tries} 次：{reason}。请检查网络后重新开始；已下载的部分会保留。' },
  { said: '{host} wants a login for {path} ({status}). Download the files in a browser and pass their folder with --model.', en: '{host} wants a login for {path} ({status}). Download the files in a browser and add their folder here.', 'zh-CN': '{host} 要求登录才能下载 {path}（{status}）。请用浏览器下载文件，然后在此添加其文件夹。' },
  { said: '{host} has no {path} ({status}). Check HF_ENDPOINT, or look for a newer version of this program.', 'zh-CN': '{host} 上没有 {path}（{status}）。请检查 HF_ENDPOINT，或查看是否有新版本。' },
  { said: '{host} answered {status} for {path}. Check HF_ENDPOINT and the proxy.', 'zh-CN': '{host} 对 {path} 的回答为 {status}。请检查 HF_ENDPOINT 与代理。' },
  { said: 'The certificate of {host} is not trusted ({code}). Behind a company proxy, set NODE_EXTRA_CA_CERTS to its certificate file.', 'zh-CN': '{host} 的证书不受信任（{code}）。如在公司代理之后，请将 NODE_EXTRA_CA_CERTS 设为其证书文件。' },
  { said: '{url} is not the file it should be: {facts}. Nothing was {done}. Check HF_ENDPOINT: a mirror may be damaged.', 'zh-CN': '{url} 不是应有的文件（{facts}），因此未安装。请检查 HF_ENDPOINT：镜像可能已损坏。' },
  { said: '{name} is being installed already (process {pid}). Wait for it to end.', 'zh-CN': '{name} 正在安装（进程 {pid}）。请等待其结束。' },
  { said: "{name} ships with the program and can't be removed.", 'zh-CN': '{name} 随程序提供，无法移除。' },
  { said: 'There is no folder {folder}. Check the path.', 'zh-CN': '没有文件夹 {folder}。请检查路径。' },
  { said: '{folder} is a file. Pass the folder that holds config.json and the .onnx files.', 'zh-CN': '{folder} 是文件。请选择含有 config.json 与 .onnx 文件的文件夹。' },
  { said: 'The model in {folder} is of the kind "{type}". Words to boxes need a Qwen2-VL (qwen2_vl), masks a SAM 2.', 'zh-CN': '{folder} 中的模型类型为“{type}”。文字到框需要 Qwen2-VL（qwen2_vl），掩码需要 SAM 2。' },
  { said: '{folder} holds neither a Qwen2-VL nor a SAM 2 in the onnx-community layout. For a Qwen2-VL it lacks {files}.', 'zh-CN': '{folder} 中既没有 onnx-community 布局的 Qwen2-VL，也没有 SAM 2。作为 Qwen2-VL 还缺少 {files}。' },
  { said: 'The engine stopped while it {doing} ({how}). It starts again when next needed.', 'zh-CN': '引擎在工作中停止（{how}）。下次需要时会自动重新启动。' },
  { said: 'The engine stopped {times} times in a row ({how}). Close other programs if memory is short, choose a smaller model, or try --device cpu; then start again.', en: 'The engine stopped {times} times in a row ({how}). Close other programs if memory is short, or choose a smaller model under Run, Models.', 'zh-CN': '引擎连续停止 {times} 次（{how}）。如内存不足请关闭其他程序，或在“运行 → 模型”中选择更小的模型。' },
  { said: 'No device could run the model ({reasons}). Try --device cpu.', 'zh-CN': '没有设备能运行该模型（{reasons}）。' },
  { said: '"{token}" is a control token of the model: leave it out of the words.', 'zh-CN': '“{token}”是模型的控制符：请从提示词中去掉。' },
  { said: 'The words are too long: with the image they make {tokens} tokens, and the model reads {limit}.', 'zh-CN': '提示词过长：连同图像共 {tokens} 个词元，而模型只能读取 {limit} 个。' },
]

const WINDOW: readonly Sentence[] = [
  { said: 'The connection to Marquee was lost. {what}', 'zh-CN': '与 Marquee 的连接已断开。请重新启动 Marquee 并打开其链接：尚未存储的内容保留在此窗口中。' },
  { said: 'This object is in one piece.', 'zh-CN': '此对象是一个整体，无法拆分。' },
  { said: 'The two objects have no pixel in common.', 'zh-CN': '这两个对象没有共同的像素。' },
  { said: 'Nothing of the first object would be left.', 'zh-CN': '第一个对象将不剩任何像素。' },
  { said: 'The model finds nothing at these points. Click into the middle of the object.', 'zh-CN': '模型在这些点处没有找到对象。请点击对象中央。' },
  { said: 'A polygon needs three corners that do not lie in one line: click further ones, or Esc to leave it.', 'zh-CN': '多边形需要三个不在一条直线上的角点：请继续点击，或按 Esc 放弃。' },
  { said: 'The hole lies outside the object: there is nothing to cut.', 'zh-CN': '孔洞在对象之外：没有可挖去的部分。' },
  { said: 'Nothing of the object would be left. Delete it instead.', 'zh-CN': '对象将不剩任何部分。请改为删除它。' },
  { said: 'The label "{name}" has objects by now: remove it in the list of labels.', 'zh-CN': '标签“{name}”已有对象：请在标签列表中移除它。' },
  { said: 'There is a label "{name}" by now: rename it, then bring back the other.', 'zh-CN': '已另有名为“{name}”的标签：请先将其改名，再恢复原来的标签。' },
  { said: 'Someone else changed the same objects first. The image was loaded again; please make your last change once more.', 'zh-CN': '其他人先更改了相同的对象。图像已重新载入；请再做一次刚才的更改。' },
  { said: 'Another project was opened before the last changes were saved; they are lost.', 'zh-CN': '最后的更改保存之前打开了另一个项目；这些更改已丢失。' },
  { said: 'A change was not saved: {reason}', 'zh-CN': '有一处更改未保存：{reason}' },
]

export const SENTENCES: readonly Sentence[] = [...IMAGES, ...PROJECTS, ...EXPORTS, ...MODELS, ...WINDOW, ...DATASET_SENTENCES]

const PLACE = /\{(\w+)\}/g

/** Matched from the first on; a place takes as little as it can, and `{count}` only a number or the ellipsis for several. */
const known = SENTENCES.map((sentence) => {
  const names = [...sentence.said.matchAll(PLACE)].map(([, name]) => name!)
  const fixed = sentence.said.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const places = fixed.map((part, n) => (n === 0 ? part : `${names[n - 1] === 'count' ? '([\\d…][\\d….,]*)' : '([^]*?)'}${part}`))
  return { sentence, names, pattern: new RegExp(`^${places.join('')}$`) }
})

/** The message in that language; as it was said where it is not known. */
export function sayProblem(message: string, language: Language): string {
  return sayKnown(message, language) ?? (language === 'en' ? message : sayList(message, language))
}

function sayKnown(message: string, language: Language): string | null {
  for (const { sentence, names, pattern } of known) {
    const words = language === 'en' ? sentence.en : sentence[language]
    const values = words === undefined ? null : pattern.exec(message)
    if (values) return words!.replaceAll(PLACE, (_, name: string) => sayProblem(values[names.indexOf(name) + 1]!, language))
  }
  return null
}

/** Reasons one after the other, each behind the picture it is of: 'a.jpg: it lies outside the image; b.jpg: ...'. */
function sayList(message: string, language: Language): string {
  const parts = message.split('; ')
  for (let count = 1; count <= parts.length; count++) {
    const [picture, ...reason] = parts.slice(0, count).join('; ').split(': ')
    const said = count < parts.length || reason.length > 0 ? sayKnown(reason.length > 0 ? reason.join(': ') : picture!, language) : null
    if (said === null) continue
    const first = reason.length > 0 ? `${picture!}：${said}` : said
    return count === parts.length ? first : `${first}；${sayProblem(parts.slice(count).join('; '), language)}`
  }
  return message
}
