// What a screen may ask of the app. Every message's sender is checked; errors cross as data.
import { BrowserWindow, dialog, type IpcMainInvokeEvent, ipcMain } from 'electron';
import { err } from '../../shared/base/result.ts';
import type { EngineLink } from './engine-link.ts';
import type { FileGrants } from './file-grants.ts';
import { screensOrigin } from './serve-screens.ts';

export function connectBridge(engine: EngineLink, grants: FileGrants): void {
  const answer = (channel: string, work: (event: IpcMainInvokeEvent, ...args: unknown[]) => Promise<unknown>): void => {
    ipcMain.handle(channel, async (event, ...args) => {
      if (!isOwnScreen(event)) return err({ code: 'HOST_FOREIGN_SENDER', message: 'This page may not talk to the engine.' });
      return work(event, ...args);
    });
  };

  answer('engine:call', async (_event, name, input) => {
    const ungranted = grants.findUngranted(input);
    if (ungranted !== undefined) {
      return err({
        code: 'HOST_FILE_NOT_CHOSEN',
        message: `Nobody chose ${ungranted} in this window.`,
        remedy: 'Open it with Open… or drop it on the window.',
      });
    }
    return engine.call(String(name), input);
  });

  answer('file:pick', async (event) => {
    const chosen = await dialog.showOpenDialog(windowOf(event), {
      properties: ['openFile', 'multiSelections'],
      filters: [{ name: 'Recorded sessions', extensions: ['wacz', 'age'] }],
    });
    return grants.grant(chosen.filePaths);
  });

  answer('file:save', async (event, suggested) => {
    const chosen = await dialog.showSaveDialog(windowOf(event), { defaultPath: String(suggested) });
    return chosen.canceled ? undefined : grants.grant([chosen.filePath])[0];
  });

  answer('file:dropped', async (_event, paths) => grants.grant(Array.isArray(paths) ? paths.map(String) : []));

  engine.on((event) => {
    for (const window of BrowserWindow.getAllWindows()) window.webContents.send('engine:event', event);
  });
}

function isOwnScreen(event: IpcMainInvokeEvent): boolean {
  return event.senderFrame?.url.startsWith(`${screensOrigin}/`) === true && event.senderFrame.parent === null;
}

function windowOf(event: IpcMainInvokeEvent): BrowserWindow {
  const window = BrowserWindow.fromWebContents(event.sender);
  if (window === null) throw new Error('The asking window is gone');
  return window;
}
