import js from '@eslint/js'
import tseslint from 'typescript-eslint'

/** Forbids a layer to import from the named folders or packages; types count too. */
function layer(folder, forbidden, because) {
  return {
    files: [`src/${folder}/**/*.{ts,tsx}`],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: forbidden.map((regex) => ({ regex, message: because })) },
      ],
    },
  }
}

const electron = '^electron(/|$)'
const react = '^(react|react-dom|konva|react-konva)(/|$)'
const node = '^node:'

export default tseslint.config(
  { ignores: ['node_modules', 'out', 'dist', 'artifacts', '.cache'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.mjs'] } } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  layer('shared', ['^(?!\\./|\\.\\./|zod$|simplify-js$).', '\\.\\./(core|main|preload|web|cli|renderer)/'], 'shared imports only itself, zod and simplify-js'),
  layer('core', [electron, react, '\\.\\./(main|preload|web|cli|renderer)/'], 'core knows no host and no view'),
  layer('cli', [electron, react, '\\.\\./(main|preload|renderer)/'], 'the command line calls services'),
  layer('web', [electron, react, '\\.\\./(main|preload|cli)/'], 'the web host calls services'),
  layer('renderer', [electron, node, '\\.\\./(core|main|preload|web|cli)/'], 'the renderer knows only the contract'),
)
