/** The commands and options of `marquee`; what each command does is a file beside this one. */
import packageJson from '../../package.json' with { type: 'json' }
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { AppError } from '../shared/errors.ts'
import { AnnotationState, GridUse } from '../shared/model.ts'
import { annotate } from './annotate.ts'
import type { AnnotateOptions } from './annotatePlan.ts'
import { doctor } from './doctor.ts'
import { EXIT, exitCodeOf } from './exitCodes.ts'
import { exportCommand, FORMAT_IDS, type ExportOptions } from './export.ts'
import { installModel, listModels, removeModel, verifyModels } from './models.ts'
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

function addExport(program: Command, run: Run): void {
  program
    .command('export')
    .description('write a project in a format other tools read')
    .argument('<project>', 'a .marquee file')
    .addOption(new Option('-f, --format <format>', 'file format').choices(FORMAT_IDS).default('coco'))
    .requiredOption('-o, --out <path>', 'the file (coco) or folder (voc) to write')
    .option('--states <states>', 'accepted, proposed, or both with a comma (default: both)', parseStates, AnnotationState.options)
    .option('--labels <names>', 'only these labels, with commas', list)
    .addOption(new Option('--masks <form>', 'coco: how masks are written (default: auto)').choices(['auto', 'polygon', 'rle']))
    .addOption(new Option('--images <how>', 'voc: what goes into JPEGImages (default: copy)').choices(['copy', 'link', 'none']))
    .action((project: string, options: ExportOptions) => {
      run((out) => exportCommand(project, options, out))
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
  for (const add of [addAnnotate, addExport, addScore, addDoctor, addModels]) add(program, run)
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
