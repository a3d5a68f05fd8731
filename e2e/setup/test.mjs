// `npm test`: types, lint, unit tests, the stories in a real browser and a real Electron. Closes with one line of counts.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumPath, electronRuntime, installBrowser, needsXvfb } from './browser.mjs';
import { buildDesktop, buildWeb } from './build.mjs';
import { pinnedNode, root, runStatus } from './install.mjs';

const results = join(root, 'test-results');

export function test(args) {
  if (args.length > 0) process.exit(runStatus(pinnedNode(), ['node_modules/vitest/vitest.mjs', 'run', ...args]));
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const notes = installBrowser();
  const runtime = electronRuntime();
  if (runtime === undefined) notes.push('No Electron runtime starts here: the Electron stories are skipped');
  const counts = [
    check('types', ['e2e/setup/typecheck.mjs']),
    check('lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']),
    unitTests(),
  ];
  buildWeb();
  buildDesktop();
  counts.push(stories(runtime));
  for (const note of notes) console.log(note);
  const sum = (key) => counts.reduce((total, each) => total + each[key], 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
  process.exit(sum('failed') === 0 ? 0 : 1);
}

function check(name, args) {
  const passed = runStatus(pinnedNode(), args) === 0;
  if (!passed) console.error(`${name} failed`);
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

function unitTests() {
  const file = join(results, 'unit.json');
  const status = runStatus(pinnedNode(), [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const report = read(file);
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const failed =
    report.numFailedTests + report.testResults.filter((each) => each.status === 'failed' && each.assertionResults.length === 0).length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function stories(runtime) {
  const file = join(results, 'stories.json');
  const playwright = [pinnedNode(), 'node_modules/@playwright/test/cli.js', 'test', '--config', 'e2e/playwright.config.ts'];
  const [program, ...args] = needsXvfb() ? ['xvfb-run', '-a', ...playwright] : playwright;
  const status = runStatus(program, args, {
    CHROMIUM_PATH: chromiumPath() ?? '',
    STORIES_REPORT: file,
    ...(runtime === undefined ? {} : { ELECTRON_OVERRIDE_DIST_PATH: runtime }),
  });
  const stats = read(file)?.stats;
  if (stats === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const failed = stats.unexpected;
  return { passed: stats.expected + stats.flaky, failed: failed === 0 && status !== 0 ? 1 : failed, skipped: stats.skipped };
}

const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);
