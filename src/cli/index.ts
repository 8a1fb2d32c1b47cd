/** The command line: `npm run marquee -- <command>`. */
import { main } from './program.ts'

// npm starts scripts in the project's folder; paths are meant from where the person is.
if (process.env['npm_lifecycle_event'] === 'marquee' && process.env['INIT_CWD']) process.chdir(process.env['INIT_CWD'])

// Whoever reads the output, e.g. `head`, has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await main(process.argv.slice(2))
