// The desktop app: a window, the engine in a process of its own, and a narrow bridge between the two.
import { app, BrowserWindow, dialog, session } from 'electron';
import { Envelope } from '../../shared/contract/failure.ts';
import { connectBridge } from './bridge.ts';
import { startEngine } from './engine-link.ts';
import { createFileGrants } from './file-grants.ts';
import { registerScheme, serveScreens } from './serve-screens.ts';
import { openWindow } from './window.ts';

registerScheme();

if (app.requestSingleInstanceLock()) app.whenReady().then(start);
else app.quit();

function start(): void {
  serveScreens();
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.defaultSession.setPermissionCheckHandler(() => false);

  const engine = startEngine();
  const grants = createFileGrants();
  connectBridge(engine, grants);

  const open = (paths: readonly string[]): void => {
    if (paths.length > 0) void engine.call('case:open', { paths: grants.grant(paths) }).then(showFailure);
  };
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open([path]);
  });
  app.on('second-instance', (_event, argv) => {
    open(bundlesOf(argv));
    BrowserWindow.getAllWindows()[0]?.focus();
  });
  app.on('window-all-closed', () => app.quit());
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow();
  });
  app.on('before-quit', () => engine.stop());

  openWindow();
  open(bundlesOf(process.argv));
}

/** What was opened from outside of the screens fails in a dialog; nobody else is told. */
function showFailure(answer: unknown): void {
  const envelope = Envelope.safeParse(answer);
  if (!envelope.success || envelope.data.ok) return;
  const { message, remedy } = envelope.data.error;
  void dialog.showMessageBox({ type: 'error', message, detail: remedy ?? '' });
}

/** The bundles named on a command line; everything else there is Electron's. */
function bundlesOf(argv: readonly string[]): string[] {
  return argv.slice(1).filter((each) => !each.startsWith('-') && /\.wacz(\.age)?$/i.test(each));
}
