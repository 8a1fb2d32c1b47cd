/** The commands and options of `marquee`; what each command does is a file beside this one. */
import packageJson from '../../package.json' with { type: 'json' }
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { AppError } from '../shared/errors.ts'
import { AnnotationState, GridUse } from '../shared/model.ts'
import { annotate } from './annotate.ts'
import type { AnnotateOptions } from './annotatePlan.ts'
import { check, CHECK_HELP } from './check.ts'
import type { CheckOptions } from './check.ts'
import { doctor } from './doctor.ts'
import { EXIT, exitCodeOf } from './exitCodes.ts'
import { exportCommand, FORMAT_IDS, type ExportOptions } from './export.ts'
import { installModel, listModels, removeModel, verifyModels } from './models.ts'
import { convertCommand, IMPORT_IDS, importCommand, undoCommand } from './import.ts'
import type { ConvertOptions, ImportOptions } from './import.ts'
import { score } from './score.ts'
import { terminal, writeError, type Terminal } from './terminal.ts'

/** A command with its arguments bound; gives the exit code. */
type Run = (command: (out: Terminal) => Promise<number>) => void

const collect = (value: string, before: string[] = []) => [...before, value]
const list = (value: string) => value.split(',').map((item) => item.trim())

function wholeNumber(least: number): (value: string) => number {
  return (value) => {
    if (!/^\d{1,9}$/.test(value) || Number(value) < least) throw new InvalidArgumentError(`It must be a whole number from ${String(least)}.`)
    return Number(value)
  }
}

function fraction(value: string): number {
  const number = Number(value)
  if (value.trim() === '' || !(number >= 0 && number <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.')
  return number
}

function parseStates(value: string): AnnotationState[] {
  const states = AnnotationState.array().safeParse(list(value))
  if (!states.success) throw new InvalidArgumentError('Write accepted, proposed, or accepted,proposed.')
  return states.data
}

function addAnnotate(program: Command, run: Run): void {
  program
    .command('annotate')
    .description('mark what the prompts say on files and folders; started again, it does only what is left')
    .argument('<paths...>', 'pictures and folders (recursive)')
    .option('-p, --prompt <words[=label]>', 'what to mark, and the label it gets; may be given several times', collect)
    .option('--project <file.marquee>', 'where everything is kept (default: beside --out, else annotations.marquee)')
    .option('-o, --out <file.json>', 'write the project as COCO JSON in the end')
    .option('--overlays <folder>', 'write a PNG of each image with what was found')
    .addOption(new Option('--grid [where]', 'draw the 9x9 grid of arXiv 2411.18270 before the models').choices(GridUse.options).preset('both').default('off'))
    .option('--model <id|folder>', 'the model that turns words into boxes')
    .option('--segmenter <id|folder>', 'the model that turns boxes into masks, or grabcut')
    .option('--device <name>', 'webgpu, dml, coreml, cuda or cpu (default: the first that works)')
    .option('--max-boxes <n>', 'boxes for one prompt on one image, at most', wholeNumber(1), 100)
    .option('--min-score <0..1>', 'leave out objects whose mask scores less', fraction, 0)
    .option('--specks <pixels>', 'remove parts and fill holes smaller than this', wholeNumber(0), 0)
    .action((paths: string[], options: AnnotateOptions) => {
      run((out) => annotate(paths, options, out))
    })
}

/** What `export` and `convert` are told about the writing. */
function addWriteOptions(command: Command): Command {
  return command
    .addOption(new Option('--states <states>', 'accepted, proposed, or both with a comma').argParser(parseStates).default(AnnotationState.options, 'both'))
    .option('--labels <names>', 'only these labels, with commas', list)
    .option('--split <shares>', 'train/val or train/val/test, e.g. 80/10/10 (default: as imported)')
    .addOption(new Option('--group-by <what>', 'what a split keeps together').choices(['image', 'folder']).default('image'))
    .option('--seed <n>', 'another number gives another split', wholeNumber(0), 1)
    .addOption(new Option('--images <how>', 'what becomes of the pictures').choices(['copy', 'link', 'none']))
    .addOption(new Option('--masks <form>', 'how masks are written (default: auto)').choices(['auto', 'polygon', 'rle']))
    .option('--option <name=value>', 'a choice of the format; a wrong one lists them', collect)
    .option('--allow-incomplete', 'write also an empty export, and one that can hold only part of the objects')
}

function addExport(program: Command, run: Run): void {
  addWriteOptions(
    program
      .command('export')
      .description('write a project in a format other tools read, and read it back to prove it')
      .argument('<project>', 'a .marquee file')
      .addOption(new Option('-f, --format <format>', 'file format').choices(FORMAT_IDS).default('coco'))
      .requiredOption('-o, --out <path>', 'the file or folder to write'),
  ).action((project: string, options: ExportOptions) => {
    run((out) => exportCommand(project, options, out))
  })
}

/** What `import` and `convert` are told about the reading. */
function addReadOptions(command: Command): Command {
  return command
    .option('--image-folder <folder>', 'where else pictures lie; may be given several times', collect)
    .option('--map <name=label>', 'the label that objects of this name get; may be given several times', collect)
    .option('--report <file.csv>', 'write what was left out, and why')
}

function addImport(program: Command, run: Run): void {
  addReadOptions(
    program
      .command('import')
      .description("bring another tool's annotations into a project; the same again adds nothing")
      .argument('[place]', 'a folder, file or zip archive')
      .addOption(new Option('-f, --format <format>', 'file format').choices(IMPORT_IDS).default('auto'))
      .requiredOption('--project <file.marquee>', 'where they go; made where it is not there')
      .option('--option <name=value>', 'a choice of the format; a wrong one lists them', collect)
      .option('--keep-missing', 'keep images whose picture is not found, with their objects')
      .option('--dry-run', 'read and count, and write nothing')
      .option('--undo <number>', 'take an import back', wholeNumber(1)),
  ).action((place: string | undefined, options: ImportOptions & { undo?: number }) => {
    run((out) => {
      if (options.undo !== undefined) return undoCommand(options.project, options.undo, out)
      if (place === undefined) throw new AppError('invalid-argument', 'Name the folder or file to import.')
      return importCommand(place, options, out)
    })
  })
}

function addConvert(program: Command, run: Run): void {
  addWriteOptions(
    addReadOptions(
      program
        .command('convert')
        .description('from one format to another, without a project')
        .argument('<in>', 'a folder, file or zip archive')
        .argument('<out>', 'the file or folder to write')
        .requiredOption('--to <format>', `one of ${FORMAT_IDS.join(', ')}`)
        .addOption(new Option('--from <format>', 'file format').choices(IMPORT_IDS).default('auto'))
        .option('--read-option <name=value>', 'a choice of the format that is read; a wrong one lists them', collect),
    ),
  ).action((place: string, target: string, options: Omit<ConvertOptions, 'out'>) => {
    run((out) => convertCommand(place, target, options, out))
  })
}

function addCheck(program: Command, run: Run): void {
  program
    .command('check')
    .description('what in a project usually is a mistake: specks, crossings, duplicates, boxes outside, odd sizes, names')
    .argument('<project>', 'a .marquee file')
    .option('--rules <rules>', 'only these checks, with commas', list)
    .option('--fix <rules>', 'mend what these checks find; each is an edit that can be undone', list)
    .option('--report <file.csv>', 'write all findings')
    .addHelpText('after', `\nChecks:\n${CHECK_HELP}`)
    .action((project: string, options: CheckOptions) => {
      run((out) => check(project, options, out))
    })
}

function addScore(program: Command, run: Run): void {
  program
    .command('score')
    .description('IoU, GIoU, CIoU, F1 and COCO AP of results against truth')
    .argument('<results>', 'COCO JSON')
    .argument('<truth>', 'COCO JSON')
    .option('--map <label=truth,truth>', 'labels of the truth that one of the results stands for', collect)
    .action((results: string, truth: string, { map = [] }: { map?: string[] }) => {
      run((out) => score(results, truth, { map }, out))
    })
}

function addDoctor(program: Command, run: Run): void {
  program
    .command('doctor')
    .description('check that everything works here, and a project if one is given')
    .argument('[project]', 'a .marquee file')
    .option('--device <name>', 'try only this device')
    .action((project: string | undefined, options: { device?: string }) => {
      run((out) => doctor(project, options, out))
    })
}

function addModels(program: Command, run: Run): void {
  const models = program.command('models').description('the models this machine has and could have')
  models.command('list').description('every known model').action(() => {
    run(listModels)
  })
  models.command('install').description('download a model; goes on where an earlier try ended').argument('<id>').action((id: string) => {
    run((out) => installModel(id, out))
  })
  models.command('verify').description('read every byte again and compare').argument('[id]').action((id: string | undefined) => {
    run((out) => verifyModels(id, out))
  })
  models.command('remove').description('delete an installed model').argument('<id>').action((id: string) => {
    run((out) => removeModel(id, out))
  })
}

const EXIT_CODES =
  `\nExit codes: ${String(EXIT.ok)} done, ${String(EXIT.partial)} done but for what is listed, ${String(EXIT.usage)} wrong command line, ` +
  `${String(EXIT.failed)} could not run, ${String(EXIT.interrupted)} interrupted`

function commandLine(run: Run): Command {
  const program = new Command('marquee')
  program
    .description('Say what to mark, correct the box, export COCO.')
    .version(packageJson.version)
    .option('--json', 'print the result as one JSON object on stdout')
    .showHelpAfterError('(--help lists commands and options)')
    .configureOutput({
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'marquee: '))
      },
    })
    .exitOverride()
    .addHelpText('after', EXIT_CODES)
  for (const add of [addAnnotate, addImport, addExport, addConvert, addCheck, addScore, addDoctor, addModels]) add(program, run)
  return program
}

/** Runs one command line, without the program's own name, and gives its exit code; whatever goes wrong is told, not thrown. */
export async function main(args: readonly string[]): Promise<number> {
  let command: ((out: Terminal) => Promise<number>) | null = null
  const program = commandLine((chosen) => {
    command = chosen
  })
  try {
    program.parse([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return EXIT.ok
    // Commander has told it on stderr.
    if (args.includes('--json')) terminal(true).result({ error: { code: 'invalid-argument', message: usageMessage(error), details: {} } })
    return EXIT.usage
  }
  const json = program.opts<{ json?: boolean }>().json ?? false
  return runCommand(command, json)
}

async function runCommand(command: ((out: Terminal) => Promise<number>) | null, json: boolean): Promise<number> {
  try {
    if (command === null) throw new AppError('invalid-argument', 'Say what to do: --help lists commands and options.')
    return await command(terminal(json))
  } catch (error) {
    writeError(error, json)
    return exitCodeOf(error)
  }
}

function usageMessage({ code, message }: CommanderError): string {
  return code === 'commander.help' ? 'A command is missing: --help lists them.' : message.replace(/^error: /, '')
}
